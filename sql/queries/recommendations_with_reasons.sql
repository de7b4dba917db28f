-- What do we recommend to the most typical member of each of the three largest groups, and why?
with largest_groups as (
    select
        group_id,
        name
    from recudf.dim_groups
    order by size desc, group_id
    limit 3
),

typical_members as (
    select
        members.group_id,
        groups.name,
        members.user_id
    from recudf.fct_group_members as members
    inner join largest_groups as groups on members.group_id = groups.group_id
    qualify row_number() over (partition by members.group_id order by members.similarity desc, members.user_id) = 1
)

select
    typical_members.user_id,
    typical_members.name as group_name,
    recommendations.rank,
    coalesce(recommendations.item_title, recommendations.item_id) as item,
    recommendations.score,
    recommendations.reason
from recudf.fct_recommendations as recommendations
inner join typical_members on recommendations.user_id = typical_members.user_id
where recommendations.rank <= 10
order by typical_members.user_id, recommendations.rank
