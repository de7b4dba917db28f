-- The topics: clusters of what is alike in meaning, or of what has the same words (nmf, lda). Their number grows with
-- the square root of what there is.
{%- set params = {'method': recudf.topic_method(), 'seed': var('topic_seed')} %}
{%- if not recudf.topics_of_words() %}
    {%- do params.update({'restarts': 4}) %}
{%- endif %}
{%- set params = recudf.text_literal(tojson(params)[:-1] ~ ', "k": ')
    ~ ' || cast(' ~ recudf.topic_count() ~ ' as string)' %}

with {% if recudf.topics_of_words() %}words as (
    select
        sources.source_kind || ':' || sources.source_id as id,
        {{ recudf.array_in_order('sources.key', ['sources.key']) }} as terms,
        {{ recudf.joined_in_order('sources.key', 'sources.key') }} as words
    from {{ ref('recudf', 'int_source_terms') }} as sources
    inner join {{ ref('recudf', 'int_terms') }} as terms on sources.key = terms.key
    group by sources.source_kind, sources.source_id
),

{% endif -%}
fits as (
    {{ recudf.lasting_fits(
        this, ref('recudf', 'int_topic_points'), 'point_id', params, 'members',
        words='words' if recudf.topics_of_words() else none
    ) }}
)

select
    cluster_number,
    'topic-' || cast(cluster_number as string) as topic_id,
    centroid,
    size,
    members,
    next_number,
    first_number,
    fingerprint,
    fitted_on
from fits
