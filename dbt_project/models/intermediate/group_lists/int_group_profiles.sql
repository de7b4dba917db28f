-- What a given group likes, smoothed over the groups around it: what it did itself counts 10, what a group did that
-- shares members with it counts 1 / (how many groups the member belongs to) for every shared member. Who belongs to
-- more than 100 groups leads to none of them.
with liked as (
    select group_id, item_id
    from {{ ref('recudf', 'int_group_items') }}
    where weight > 0
),

members as (
    select group_id, user_id, cast(1 as double) / groups as share
    from (
        select
            group_id,
            user_id,
            count(*) over (partition by user_id) as groups
        from {{ ref('recudf', 'stg_memberships') }}
    ) as counted
    where groups between 2 and 100
),

around as (
    select
        members.group_id,
        others.group_id as other_group_id,
        sum(members.share) as weight
    from members
    inner join members as others on members.user_id = others.user_id and members.group_id != others.group_id
    group by members.group_id, others.group_id
)

select
    group_id,
    item_id,
    round(sum(weight), 9) as weight,
    max(own) = 1 as is_own
from (
    select group_id, item_id, cast(10 as double) as weight, 1 as own
    from liked
    union all
    select around.group_id, liked.item_id, around.weight, 0 as own
    from around
    inner join liked on around.other_group_id = liked.group_id
) as united
group by group_id, item_id
