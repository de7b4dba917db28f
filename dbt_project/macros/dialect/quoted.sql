{# A name as it is: adapter.quote() leaves quotes within it alone. #}
{% macro quoted(name) -%} {{ return(adapter.dispatch('quoted', 'recudf')(name)) }} {%- endmacro %}


{% macro default__quoted(name) -%} "{{ name | replace('"', '""') }}" {%- endmacro %}


{% macro spark__quoted(name) -%} `{{ name | replace('`', '``') }}` {%- endmacro %}
