-- The topic of every item and text: what the fit says of its own points, for others the nearest centroid.
with fitted as (
    select
        topic_id,
        {{ recudf.unnest('members') }} as point_id
    from {{ ref('recudf', 'int_topic_fits') }}
    where size > 0
),

members as (
    select
        points.source_kind,
        points.source_id,
        fitted.topic_id
    from fitted
    inner join {{ ref('recudf', 'int_topic_points') }} as points on fitted.point_id = points.point_id
),

centroids as {{ recudf.materialized() }} (
    select vector_index(topic_id, centroid) as handle
    from {{ ref('recudf', 'int_topic_fits') }}
    where size > 0
),

others as (
    select
        vectors.text_hash,
        cosine_topk(vectors.vector, centroids.handle, 1) as nearest
    from {{ ref('recudf', 'vec_texts') }} as vectors
    cross join centroids
    left join members on vectors.text_hash = members.source_id and members.source_kind = 'text'
    where members.source_id is null
)

select source_kind, source_id, topic_id from members
union all
select
    'text' as source_kind,
    text_hash as source_id,
    {{ recudf.array_element('nearest', 1) }}.id as topic_id
from others
where {{ recudf.array_element('nearest', 1) }}.id is not null
