-- How a walk goes from one given group to another: to one of its items ten times as often as to one of its members, and
-- from there to any group with the same item or member. Who belongs to more than 100 groups leads to none of them. Of
-- each group the hundred strongest. ways: all that lead away from the group, an item counting ten.
with liked as (
    select group_id, item_id
    from {{ ref('recudf', 'int_group_items') }}
    where weight > 0
),

members as (
    select
        group_id,
        user_id,
        count(*) over (partition by user_id) as groups
    from {{ ref('recudf', 'stg_memberships') }}
),

ways as (
    select group_id, sum(ways) as ways
    from (
        select group_id, 10e0 as ways from liked
        union all
        select group_id, 1e0 as ways from members
    ) as united
    group by group_id
),

steps as (
    select liked.group_id, places.group_id as other_group_id, 10 * places.chance as weight
    from liked
    inner join {{ ref('recudf', 'int_item_groups') }} as places
        on liked.item_id = places.item_id and liked.group_id != places.group_id
    union all
    select members.group_id, others.group_id as other_group_id, 1e0 / members.groups as weight
    from members
    inner join members as others on members.user_id = others.user_id and members.group_id != others.group_id
    where members.groups <= 100
),

summed as (
    select
        group_id,
        other_group_id,
        round(sum(weight), 9) as weight
    from steps
    group by group_id, other_group_id
),

ranked as (
    select
        *,
        row_number() over (partition by group_id order by weight desc, other_group_id) as position
    from summed
)

select
    ranked.group_id,
    ranked.other_group_id,
    ranked.weight,
    ways.ways
from ranked
inner join ways on ranked.group_id = ways.group_id
where ranked.position <= 100
