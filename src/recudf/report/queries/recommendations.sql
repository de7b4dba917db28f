select
    users.user_index as "user",
    items.item_index as item,
    recommendations.rank,
    recommendations.score,
    recommendations.reason,
    recommendations.source
from fct_recommendations as recommendations
inner join report_users as users on recommendations.user_id = users.user_id
inner join report_items as items on recommendations.item_id = items.item_id
where recommendations.rank <= $ranks
order by users.user_index, recommendations.rank
