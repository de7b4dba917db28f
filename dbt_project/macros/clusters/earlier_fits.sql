{# The clusters of the build before; no rows where there are none, or where they are of a version without these columns.
listed: the list of texts that is kept beside each cluster. #}
{% macro earlier_fits(relation, listed) -%}
    {{ recudf.earlier_rows(relation, {
        'cluster_number': 'integer', 'centroid': recudf.array_of('float'), 'size': 'bigint',
        listed: recudf.array_of('string'),
        'next_number': 'integer', 'first_number': 'integer', 'fingerprint': 'string', 'fitted_on': 'string',
    }) }}
{%- endmacro %}
