-- what most members of a group are recommended
select
    group_index as "group",
    title,
    item_id,
    members
from (
    select
        groups.group_index,
        recommendations.item_id,
        items.title,
        count(*) as members,
        row_number() over (
            partition by groups.group_index order by count(*) desc, recommendations.item_id
        ) as position
    from fct_recommendations as recommendations
    inner join fct_group_members as members on recommendations.user_id = members.user_id
    inner join report_groups as groups on members.group_id = groups.group_id
    left join dim_items as items on recommendations.item_id = items.item_id
    group by groups.group_index, recommendations.item_id, items.title
) as ranked
where position <= 5
order by group_index, position
