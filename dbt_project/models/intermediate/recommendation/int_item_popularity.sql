-- How popular each item is: users who did something good with it, ever and recently, each on a scale from 0 to 1.
-- Bot-like users do not count. log(1 + users), so that the most popular item does not drown the others.
with liked as (
    select
        weighted.item_id,
        weighted.user_id,
        max({{ recudf.decay('weighted.occurred_at', 'popularity_half_life_days') }}) as recent
    from {{ ref('recudf', 'int_interactions_weighted') }} as weighted
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on weighted.user_id = users.user_id
    cross join {{ ref('recudf', 'stg_as_of') }} as as_of
    where weighted.weight > 0 and not users.is_bot
    group by weighted.item_id, weighted.user_id
),

counted as (
    select
        items.item_id,
        count(liked.user_id) as users,
        round(coalesce(sum(liked.recent), 0), 9) as recent_users
    from {{ ref('recudf', 'stg_items') }} as items
    left join liked on items.item_id = liked.item_id
    group by items.item_id
),

scaled as (
    select
        item_id,
        users,
        recent_users,
        coalesce(ln(1 + users) / nullif(ln(1 + max(users) over ()), 0), 0) as popularity,
        coalesce(ln(1 + recent_users) / nullif(ln(1 + max(recent_users) over ()), 0), 0) as recent_popularity
    from counted
)

select
    *,
    (popularity + recent_popularity) / 2 as blended_popularity
from scaled
