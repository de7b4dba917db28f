-- Items that a given group may be recommended, with what leads to them: the largest history scores, and what most other
-- groups like. Some four million in all, from 200 to 2,000 of each group. own: by one unit of each item that the group
-- did itself; around: by what groups did that share members; of both, _groups counts groups alone. direct: what the
-- latter did themselves. Its own items are among them (is_own), as one may be hidden.
with profiles as (
    select
        group_id,
        item_id,
        is_own,
        case when is_own then 1e0 else 0e0 end as own,
        weight - case when is_own then 10e0 else 0e0 end as around
    from {{ ref('recudf', 'int_group_profiles') }}
),

groups as (
    select
        *,
        least(2000, greatest(200, floor(4e6 / count(*) over ()))) as depth
    from (select distinct group_id from profiles) as grouped
),

popular as (
    select
        item_id,
        row_number() over (order by max(groups) desc, max(owners) desc, item_id) as place
    from {{ ref('recudf', 'int_group_likes') }}
    group by item_id
),

led_to as (
    select
        profiles.group_id,
        weights.item_id,
        sum(profiles.own * weights.weight) as own,
        sum(profiles.around * weights.weight) as around,
        sum(profiles.own * weights.groups_weight) as own_groups,
        sum(profiles.around * weights.groups_weight) as around_groups
    from profiles
    inner join {{ ref('recudf', 'int_group_item_weights') }} as weights on profiles.item_id = weights.source_id
    group by profiles.group_id, weights.item_id
    union all
    select
        groups.group_id,
        popular.item_id,
        0e0 as own,
        0e0 as around,
        0e0 as own_groups,
        0e0 as around_groups
    from groups
    inner join popular on groups.depth >= popular.place
),

summed as (
    select
        group_id,
        item_id,
        round(sum(own), 12) as own,
        round(sum(around), 12) as around,
        round(sum(own_groups), 12) as own_groups,
        round(sum(around_groups), 12) as around_groups
    from led_to
    group by group_id, item_id
),

ranked as (
    select
        summed.*,
        coalesce(profiles.own, 0) > 0 as is_own,
        coalesce(profiles.around, 0) as direct,
        groups.depth,
        row_number() over (
            partition by summed.group_id
            order by round(10 * summed.own + summed.around, 9) desc, popular.place
        ) as position
    from summed
    inner join groups on summed.group_id = groups.group_id
    inner join popular on summed.item_id = popular.item_id
    left join profiles on summed.group_id = profiles.group_id and summed.item_id = profiles.item_id
)

select
    group_id,
    item_id,
    is_own,
    own,
    around,
    own_groups,
    around_groups,
    direct
from ranked
where is_own or position <= depth
