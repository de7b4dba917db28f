-- The topics: clusters of what is alike in meaning. Their number grows with the square root of what there is.
{%- set params = {'method': recudf.topic_method(), 'seed': var('topic_seed'), 'restarts': 4} %}
{%- set params = recudf.text_literal(tojson(params)[:-1] ~ ', "k": ')
    ~ ' || cast(' ~ recudf.topic_count() ~ ' as string)' %}

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
