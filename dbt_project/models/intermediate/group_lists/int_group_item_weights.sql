-- What an item of a group's profile says of another: everybody, group or user, who likes both adds 1 / (how many items
-- it likes), over the root of the product of how many like either; groups_weight: groups alone. Of each the largest
-- 1,000.
with likes as (
    select
        kind,
        owner_id,
        item_id,
        cast(1 as double) / items as share,
        cast(owners as double) as owners,
        cast(groups as double) as groups
    from {{ ref('recudf', 'int_group_likes') }}
),

sources as (
    select likes.*
    from likes
    inner join (select distinct item_id from {{ ref('recudf', 'int_group_profiles') }}) as wanted
        on likes.item_id = wanted.item_id
),

weighted as (
    select
        sources.item_id as source_id,
        likes.item_id,
        round(sum(sources.share) / sqrt(max(sources.owners) * max(likes.owners)), 12) as weight,
        round(coalesce(
            sum(case when sources.kind = 'group' then sources.share end)
            / sqrt(max(sources.groups) * max(likes.groups)), 0
        ), 12) as groups_weight
    from sources
    inner join likes on sources.kind = likes.kind and sources.owner_id = likes.owner_id
    group by sources.item_id, likes.item_id
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
    weight,
    groups_weight
from ranked
where position <= 1000
