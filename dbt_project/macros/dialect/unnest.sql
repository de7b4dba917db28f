{# One row per element. One of the unnest macros may stand in a SELECT. #}
{% macro unnest(list) -%} {{ return(adapter.dispatch('unnest', 'recudf')(list)) }} {%- endmacro %}


{% macro default__unnest(list) -%} unnest({{ list }}) {%- endmacro %}


{% macro spark__unnest(list) -%} explode({{ list }}) {%- endmacro %}
