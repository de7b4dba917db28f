-- Each user's nearest group and the runner-up, by cosine to the centroids. Whoever was in another group in the build
-- before stays there while the nearest is nearer by less than group_margin: then the nearest is the runner-up. Bot-like
-- users belong to none, nor does, with the var group_max_distance, who is farther from all of them, or near one that
-- has too few members then.
{%- set earlier = recudf.earlier_self(this) if execute else none %}
with earlier as (
    {{ recudf.earlier_rows(earlier, {'user_id': 'string', 'group_id': 'string'}) }}
),

groups as (
    select * from {{ ref('recudf', 'int_group_fits') }} where is_group
),

centroids as {{ recudf.materialized() }} (
    select vector_index(group_id, centroid) as handle, vector_index(cluster_number, centroid) as numbered from groups
),

nearest as (
    select
        points.user_id,
        points.vector,
        cosine_topk(points.vector, centroids.handle, 2) as groups
    from {{ ref('recudf', 'int_user_interest_points') }} as points
    cross join centroids
    {%- if var('group_max_distance') is not none %}
    where cluster_assign(points.vector, centroids.numbered, {{ recudf.number('group_max_distance') }}) is not null
    {%- endif %}
),

placed as (
    select
        user_id,
        vector,
        {{ recudf.array_element('groups', 1) }}.id as group_id,
        {{ recudf.array_element('groups', 1) }}.score as similarity,
        {{ recudf.array_element('groups', 2) }}.id as runner_up_id,
        {{ recudf.array_element('groups', 2) }}.score as runner_up_similarity
    from nearest
    where {{ recudf.array_element('groups', 1) }}.id is not null
),

-- who could stay: both vectors have length 1
stays as (
    select
        placed.user_id,
        earlier.group_id,
        cast({{ recudf.inner_product('placed.vector', 'groups.centroid') }} as float) as similarity
    from placed
    inner join earlier on placed.user_id = earlier.user_id and placed.group_id != earlier.group_id
    inner join groups on earlier.group_id = groups.group_id
),

members as (
    select
        placed.user_id,
        coalesce(stays.group_id, placed.group_id) as group_id,
        coalesce(stays.similarity, placed.similarity) as similarity,
        case when stays.user_id is null then placed.runner_up_id else placed.group_id end as runner_up_id,
        case when stays.user_id is null then placed.runner_up_similarity else placed.similarity end
            as runner_up_similarity
    from placed
    left join stays
        on
            placed.user_id = stays.user_id
            and placed.similarity - stays.similarity < {{ recudf.number('group_margin') }}
),

-- of those who are near enough there may be too few
sized as (
    select *, count(*) over (partition by group_id) as size from members
)

select
    user_id,
    group_id,
    similarity,
    runner_up_id,
    runner_up_similarity
from sized
where size >= {{ recudf.number('min_group_size') }}
