{# An aggregate: the texts of a group, joined by a comma and a blank, in the order of another column. A FILTER may
follow. #}
{% macro joined_in_order(value, by) -%}
    {{ return(adapter.dispatch('joined_in_order', 'recudf')(value, by)) }}
{%- endmacro %}


{% macro default__joined_in_order(value, by) -%} string_agg({{ value }}, ', ' order by {{ by }}) {%- endmacro %}


{% macro spark__joined_in_order(value, by) -%}
    listagg({{ value }}, ', ') within group (order by {{ by }})
{%- endmacro %}
