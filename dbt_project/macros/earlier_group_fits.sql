{# The groups of the build before; no rows where there are none, or where they are of a version without these columns. #}
{% macro earlier_group_fits(relation) -%}
    {%- set columns = ['group_number', 'centroid', 'next_number', 'fingerprint'] %}
    {%- set found = adapter.get_columns_in_relation(relation) | map(attribute='name') | list if relation is not none else [] %}
    {%- if columns | reject('in', found) | list | length == 0 -%}
    select {{ columns | join(', ') }} from {{ relation }}
    {%- else -%}
    select
        cast(null as integer) as group_number,
        cast(null as float[]) as centroid,
        cast(null as integer) as next_number,
        cast(null as varchar) as fingerprint
    where false
    {%- endif -%}
{%- endmacro %}
