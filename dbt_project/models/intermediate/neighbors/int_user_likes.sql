-- What people liked, as a unit vector over items in which what few like weighs more.
with likes as (
    select
        history.user_id,
        history.item_id,
        count(*) over (partition by history.item_id) as item_users
    from {{ ref('recudf', 'int_user_items') }} as history
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on history.user_id = users.user_id
    where history.weight > 0 and not users.is_bot
),

people as (
    select count(distinct user_id) as users from likes
),

weighed as (
    select
        likes.user_id,
        likes.item_id,
        likes.item_users,
        ln(1 + people.users * 1e0 / likes.item_users) as weight
    from likes
    cross join people
)

select
    user_id,
    item_id,
    -- of others that like it, too, so that it can be compared
    item_users > 1 as is_compared,
    round(weight / sqrt(sum(weight * weight) over (partition by user_id)), 9) as weight
from weighed
