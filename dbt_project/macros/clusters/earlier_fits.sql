{# The clusters of the build before; no rows where there are none, or where they are of a version without these columns.
listed: the list of texts that is kept beside each cluster. #}
{% macro earlier_fits(relation, listed) -%}
    {%- set columns = {
        'cluster_number': 'integer', 'centroid': recudf.array_of('float'), 'size': 'bigint',
        listed: recudf.array_of('string'),
        'next_number': 'integer', 'fingerprint': 'string', 'fitted_on': 'string',
    } %}
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
