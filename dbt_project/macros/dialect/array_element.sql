{# The element at a position, counted from 1; NULL where the list is shorter. #}
{% macro array_element(list, position) -%}
    {{ return(adapter.dispatch('array_element', 'recudf')(list, position)) }}
{%- endmacro %}


{% macro default__array_element(list, position) -%} ({{ list }})[{{ position }}] {%- endmacro %}


{% macro spark__array_element(list, position) -%} try_element_at({{ list }}, {{ position }}) {%- endmacro %}
