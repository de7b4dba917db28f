{# One row per element of several lists of the same length, a mapping {name of the column: name of the list}. #}
{% macro unnest_together(lists) -%} {{ return(adapter.dispatch('unnest_together', 'recudf')(lists)) }} {%- endmacro %}


{% macro default__unnest_together(lists) -%}
    {%- for name, list in lists.items() -%} unnest({{ list }}) as {{ name }}{{ ', ' if not loop.last }} {%- endfor -%}
{%- endmacro %}


{% macro spark__unnest_together(lists) -%}
    inline(arrays_zip({{ lists.values() | join(', ') }})) as ({{ lists.keys() | join(', ') }})
{%- endmacro %}
