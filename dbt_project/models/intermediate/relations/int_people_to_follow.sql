-- Whom a user might like to know: whom the user's ties know, and similar users, by the sum of both. Who follows the
-- user without being followed may be among them.
with near as (
    select
        *,
        row_number() over (partition by user_id order by score desc, other_user_id) as position
    from {{ ref('recudf', 'int_common_ties') }}
),

-- those without a tie in common, as long as there are relations at all
alike as (
    select
        neighbors.user_id,
        neighbors.neighbor_id as other_user_id
    from {{ ref('recudf', 'int_user_neighbors') }} as neighbors
    left join {{ ref('recudf', 'stg_relations') }} as already
        on neighbors.user_id = already.user_id and neighbors.neighbor_id = already.other_user_id
    where already.user_id is null and exists (select 1 from {{ ref('recudf', 'stg_relations') }})
),

candidates as (
    select user_id, other_user_id from near where position <= 100
    union
    select user_id, other_user_id from alike
),

people as (
    select user_id from {{ ref('recudf', 'int_users_flagged') }} where not is_bot
    union
    select user_id from {{ ref('recudf', 'stg_relations') }}
    except
    select user_id from {{ ref('recudf', 'int_users_flagged') }} where is_bot
),

scored as (
    select
        candidates.user_id,
        candidates.other_user_id,
        coalesce(near.score, 0) as ties_score,
        near.ties,
        near.names,
        {{ recudf.inner_product('own.vector', 'theirs.vector') }} as similarity
    from candidates
    inner join people as users on candidates.user_id = users.user_id
    inner join people as others on candidates.other_user_id = others.user_id
    left join near on candidates.user_id = near.user_id and candidates.other_user_id = near.other_user_id
    left join {{ ref('recudf', 'int_group_points') }} as own on candidates.user_id = own.user_id
    left join {{ ref('recudf', 'int_group_points') }} as theirs on candidates.other_user_id = theirs.user_id
),

summed as (
    select
        *,
        round(
            ties_score + {{ recudf.number('people_similarity_weight') }} * coalesce(similarity, 0), 6
        ) as score
    from scored
),

ranked as (
    select
        *,
        row_number() over (partition by user_id order by score desc, other_user_id) as position
    from summed
    where score > 0
)

select
    user_id,
    other_user_id,
    position,
    score,
    ties_score,
    similarity,
    ties,
    names
from ranked
where position <= {{ recudf.number('people_per_user') }}
