{# The groups of the build before, or no rows. #}
{% macro earlier_group_fits(relation) -%}
    {%- if relation is not none -%}
    select group_number, centroid, next_number, fingerprint from {{ relation }}
    {%- else -%}
    select
        cast(null as integer) as group_number,
        cast(null as float[]) as centroid,
        cast(null as integer) as next_number,
        cast(null as varchar) as fingerprint
    where false
    {%- endif -%}
{%- endmacro %}
