-- The topics: clusters of what is alike in meaning. Their number grows with the square root of what there is.
{%- set number = recudf.topic_count() %}
{%- set params = recudf.text_literal('{"method": ' ~ tojson(var('topic_method')) ~ ', "seed": ' ~ recudf.number('topic_seed') ~ ', "restarts": 4, "k": ')
    ~ ' || cast(' ~ number ~ ' as string)' %}

with fits as (
    {{ recudf.lasting_fits(this, ref('recudf', 'int_topic_points'), 'point_id', params, 'members') }}
)

select
    cluster_number,
    'topic-' || cast(cluster_number as string) as topic_id,
    centroid,
    size,
    members,
    next_number,
    fingerprint,
    fitted_on
from fits
