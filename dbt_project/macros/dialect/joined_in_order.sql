{# An aggregate: the texts of a group, joined by a comma and a blank (titles, which have commas of their own, by '; '),
in the order of another column. A FILTER may follow. #}
{% macro joined_in_order(value, by, between=', ') -%}
    {{ return(adapter.dispatch('joined_in_order', 'recudf')(value, by, between)) }}
{%- endmacro %}


{% macro default__joined_in_order(value, by, between) -%}
    string_agg({{ value }}, '{{ between }}' order by {{ by }})
{%- endmacro %}


{% macro spark__joined_in_order(value, by, between) -%}
    listagg({{ value }}, '{{ between }}') within group (order by {{ by }})
{%- endmacro %}
