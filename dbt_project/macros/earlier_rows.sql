{# What a model's table held before this build, columns as a mapping {name: type}; no rows where there is no such table, or
where it is of a version without one of these columns. #}
{% macro earlier_rows(relation, columns) -%}
    {%- set found = adapter.get_columns_in_relation(relation) | map(attribute='name') | list if relation is not none else [] %}
    {%- if columns.keys() | reject('in', found) | list | length == 0 -%}
    select {{ columns | join(', ') }} from {{ relation }}
    {%- else -%}
    select
    {%- for name, type in columns.items() %}
        cast(null as {{ type }}) as {{ name }}
        {%- if not loop.last %},{% endif -%}
    {%- endfor %}
    where false
    {%- endif -%}
{%- endmacro %}
