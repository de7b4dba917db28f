-- Each user's nearest group and the runner-up, by cosine to the centroids. Bot-like users belong to none, nor does,
-- with the var group_max_distance, who is farther from all of them, or near one that has too few members then.
with groups as (
    select *
    from {{ ref('recudf', 'int_group_fits') }}
    where is_group
),

centroids as {{ recudf.materialized() }} (
    select
        vector_index(group_id, centroid) as handle,
        vector_index(cluster_number, centroid) as numbered
    from groups
),

nearest as (
    select
        points.user_id,
        cosine_topk(points.vector, centroids.handle, 2) as groups
    from {{ ref('recudf', 'int_group_points') }} as points
    cross join centroids
    {%- if var('group_max_distance') is not none %}
    where cluster_assign(points.vector, centroids.numbered, {{ recudf.number('group_max_distance') }}) is not null
    {%- endif %}
),

members as (
    select
        user_id,
        {{ recudf.array_element('groups', 1) }}.id as group_id,
        {{ recudf.array_element('groups', 1) }}.score as similarity,
        {{ recudf.array_element('groups', 2) }}.id as runner_up_id,
        {{ recudf.array_element('groups', 2) }}.score as runner_up_similarity
    from nearest
    where {{ recudf.array_element('groups', 1) }}.id is not null
),

-- of those who are near enough there may be too few
sized as (
    select
        *,
        count(*) over (partition by group_id) as size
    from members
)

select
    user_id,
    group_id,
    similarity,
    runner_up_id,
    runner_up_similarity
from sized
where size >= {{ recudf.number('min_group_size') }}
