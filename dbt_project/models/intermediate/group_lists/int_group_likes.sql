-- What everybody likes, groups and users, as int_group_item_weights counts it: of a user the 200 items that weigh most;
-- bot-like users do not count.
with liked as (
    select 'group' as kind, group_id as owner_id, item_id
    from {{ ref('recudf', 'int_group_items') }}
    where weight > 0
    union all
    select 'user' as kind, user_id as owner_id, item_id
    from (
        select
            history.user_id,
            history.item_id,
            row_number() over (partition by history.user_id order by history.weight desc, history.item_id) as position
        from {{ ref('recudf', 'int_user_items') }} as history
        inner join {{ ref('recudf', 'int_users_flagged') }} as users on history.user_id = users.user_id
        where history.weight > 0 and not users.is_bot
    ) as ranked
    where position <= 200
)

select
    kind,
    owner_id,
    item_id,
    count(*) over (partition by kind, owner_id) as items,
    count(*) over (partition by item_id) as owners,
    sum(case when kind = 'group' then 1 else 0 end) over (partition by item_id) as groups
from liked
