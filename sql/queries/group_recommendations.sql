-- What do we show to each of the largest groups, and why?
with largest_groups as (
    select
        group_id,
        kind,
        name
    from recudf.dim_groups
    order by size desc, group_id
    limit 5
)

select
    groups.group_id,
    groups.kind,
    groups.name,
    recommendations.strategy,
    recommendations.rank,
    coalesce(recommendations.item_title, recommendations.item_id) as item,
    recommendations.reason
from recudf.fct_group_recommendations as recommendations
inner join largest_groups as groups on recommendations.group_id = groups.group_id
where recommendations.is_default and recommendations.rank <= 5
order by groups.group_id, recommendations.rank
