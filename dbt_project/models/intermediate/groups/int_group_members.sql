-- Each user's nearest group and the runner-up, by cosine to the centroids. Bot-like users belong to none.
with centroids as materialized (
    select vector_index(group_id, centroid) as handle
    from {{ ref('recudf', 'int_group_fits') }}
    where is_group
),

nearest as (
    select
        points.user_id,
        cosine_topk(points.vector, centroids.handle, 2) as groups
    from {{ ref('recudf', 'int_group_points') }} as points
    cross join centroids
)

select
    user_id,
    groups[1].id as group_id,
    groups[1].score as similarity,
    groups[2].id as runner_up_id,
    groups[2].score as runner_up_similarity
from nearest
where groups[1].id is not null
