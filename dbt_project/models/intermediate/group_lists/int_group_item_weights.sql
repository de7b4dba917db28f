-- What an item of a group's profile says of another: everybody, group or user, who likes both adds 1 / (how many items
-- it likes), over the root of the product of how many like either. Of each the largest 1,000. Of a user the 200 items
-- that count most; bot-like users do not count.
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
),

counted as (
    select
        kind,
        owner_id,
        item_id,
        cast(1 as double) / count(*) over (partition by kind, owner_id) as share,
        cast(count(*) over (partition by item_id) as double) as owners
    from liked
),

sources as (
    select counted.*
    from counted
    inner join (select distinct item_id from {{ ref('recudf', 'int_group_profiles') }}) as wanted
        on counted.item_id = wanted.item_id
),

weighted as (
    select
        sources.item_id as source_id,
        counted.item_id,
        round(sum(sources.share) / sqrt(max(sources.owners) * max(counted.owners)), 12) as weight
    from sources
    inner join counted on sources.kind = counted.kind and sources.owner_id = counted.owner_id
    group by sources.item_id, counted.item_id
),

ranked as (
    select
        *,
        row_number() over (partition by source_id order by weight desc, item_id) as position
    from weighted
)

select
    source_id,
    item_id,
    weight
from ranked
where position <= 1000
