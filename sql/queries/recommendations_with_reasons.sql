-- What do we recommend to the most typical member of each of the three largest groups, and why?
with largest_groups as (
    select
        group_id,
        name
    from recudf.dim_groups
    order by size desc, group_id
    limit 3
),

members as (
    select
        members.user_id,
        largest_groups.name,
        row_number() over (partition by members.group_id order by members.similarity desc, members.user_id) as position
    from recudf.fct_group_members as members
    inner join largest_groups on members.group_id = largest_groups.group_id
)

select
    members.user_id,
    members.name as group_name,
    recommendations.rank,
    coalesce(recommendations.item_title, recommendations.item_id) as item,
    recommendations.score,
    recommendations.reason
from recudf.fct_recommendations as recommendations
inner join members on recommendations.user_id = members.user_id
where members.position = 1 and recommendations.rank <= 10
order by members.user_id, recommendations.rank
