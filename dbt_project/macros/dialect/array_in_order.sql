{# An aggregate: the values of a group as a list, in the order of other columns (a list of names). #}
{% macro array_in_order(value, by) -%}
    {{ return(adapter.dispatch('array_in_order', 'recudf')(value, by)) }}
{%- endmacro %}


{% macro default__array_in_order(value, by) -%} list({{ value }} order by {{ by | join(', ') }}) {%- endmacro %}


{% macro spark__array_in_order(value, by) -%}
    transform(array_sort(collect_list(struct({{ by | join(', ') }}, {{ value }} as _value))), _row -> _row._value)
{%- endmacro %}
