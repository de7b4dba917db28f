-- The most similar users of each: thirty candidates by their points, then both parts exactly. similarity is the mean of
-- the cosine of what they choose and write about, and the cosine of which items they like; of the second alone for a
-- user without a vector.
with pools as {{ recudf.materialized() }} (
    select
        pool,
        vector_index(user_id, vector) as handle
    from (
        select
            *,
            row_number() over (partition by pool order by {{ recudf.sha256('user_id') }}) as position
        from {{ ref('recudf', 'int_user_taste_points') }}
    ) as points
    where position <= 20000
    group by pool
),

meanings as {{ recudf.materialized() }} (
    {{ recudf.index_of(ref('recudf', 'int_group_points'), 'user_id', {'handle': 'vector'}) }}
),

points as (
    select * from {{ ref('recudf', 'int_user_taste_points') }}
),

nearest as (
    select
        points.user_id,
        points.has_vector,
        {{ recudf.array_map(
            'cosine_topk(points.vector, pools.handle, 30, ' ~ recudf.array(['points.user_id']) ~ ')', 'near', 'near.id'
        ) }} as ids
    from {{ recudf.spread('points', 'user_id') }}
    inner join pools on points.pool = pools.pool
),

measured as (
    select
        nearest.user_id,
        nearest.has_vector,
        nearest.ids,
        {{ recudf.array_element(
            'cosine_matrix(' ~ recudf.array(['nearest.user_id']) ~ ', nearest.ids, meanings.handle)', 1
        ) }} as cosines
    from nearest
    cross join meanings
    where {{ recudf.array_length('nearest.ids') }} > 0
),

candidates as {{ recudf.materialized() }} (
    select
        user_id,
        has_vector,
        {{ recudf.unnest_together({'neighbor_id': 'ids', 'vector_cosine': 'cosines'}) }}
    from measured
),

shared as (
    select
        candidates.user_id,
        candidates.neighbor_id,
        sum(own.weight * theirs.weight) as cosine
    from candidates
    inner join {{ ref('recudf', 'int_user_likes') }} as own on candidates.user_id = own.user_id
    inner join {{ ref('recudf', 'int_user_likes') }} as theirs
        on candidates.neighbor_id = theirs.user_id and own.item_id = theirs.item_id
    where own.is_compared
    group by candidates.user_id, candidates.neighbor_id
),

scored as (
    select
        candidates.user_id,
        candidates.neighbor_id,
        candidates.vector_cosine,
        round(coalesce(shared.cosine, 0), 6) as likes_cosine,
        round(
            (coalesce(candidates.vector_cosine, 0) + coalesce(shared.cosine, 0))
            / case when candidates.has_vector then 2 else 1 end, 6
        ) as similarity
    from candidates
    left join shared
        on candidates.user_id = shared.user_id and candidates.neighbor_id = shared.neighbor_id
),

ranked as (
    select
        *,
        row_number() over (partition by user_id order by similarity desc, neighbor_id) as position
    from scored
    where similarity > 0
)

select
    user_id,
    neighbor_id,
    position,
    similarity,
    vector_cosine,
    likes_cosine
from ranked
where position <= {{ recudf.number('neighbors_per_user') }}
