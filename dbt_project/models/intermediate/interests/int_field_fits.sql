-- The fields: topics that lie near each other; about four topics to a field.
{%- set topics = '(select topic_id, centroid as vector, fingerprint from ' ~ ref('recudf', 'int_topic_fits')
    ~ ' where size > 0)' %}
{%- set params = recudf.text_literal('{"method": "graph", "neighbors": 5, "smoothings": 2, "k": ')
    ~ ' || cast(cast(greatest(1, round(encoder.points / 4.0)) as integer) as string)' %}

with fits as (
    {{ recudf.lasting_fits(this, topics, 'topic_id', params, 'members') }}
)

select
    cluster_number,
    'field-' || cast(cluster_number as string) as field_id,
    centroid,
    size,
    members,
    next_number,
    first_number,
    fingerprint,
    fitted_on
from fits
