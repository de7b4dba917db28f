-- the same of `blend`: what the user's own vector adds, and what popularity does
with likeness as (
    select
        recommendations.user_id,
        recommendations.item_id,
        points.content_weight * list_inner_product(cast(users.vector as float[]), cast(items.vector as float[])) as content
    from fct_recommendations as recommendations
    inner join report_users as shown on recommendations.user_id = shown.user_id
    inner join int_user_points as points on recommendations.user_id = points.user_id
    inner join vec_users as users on recommendations.user_id = users.user_id
    inner join vec_items as items on recommendations.item_id = items.item_id
)

select
    coalesce(likeness.content, 0) as content,
    recommendations.score - coalesce(likeness.content, 0) as popularity
from fct_recommendations as recommendations
inner join report_users as shown on recommendations.user_id = shown.user_id
inner join int_user_points as points on recommendations.user_id = points.user_id
left join likeness
    on recommendations.user_id = likeness.user_id and recommendations.item_id = likeness.item_id
where recommendations.rank <= $ranks
order by shown.user_index, recommendations.rank
