{# A list of an expression of each element, which has a name in it: array_map('texts', 'text', 'lower(text)'). #}
{% macro array_map(list, name, expression) -%}
    {{ return(adapter.dispatch('array_map', 'recudf')(list, name, expression)) }}
{%- endmacro %}


{% macro default__array_map(list, name, expression) -%}
    list_transform({{ list }}, lambda {{ name }}: {{ expression }})
{%- endmacro %}


{% macro spark__array_map(list, name, expression) -%}
    transform({{ list }}, {{ name }} -> {{ expression }})
{%- endmacro %}
