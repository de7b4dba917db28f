-- the parts of each recommendation, in the order of recommendations.sql
with names as (select distinct part from fct_recommendation_parts)

select
    list(names.part order by names.part) as names,
    list(coalesce(parts.value, 0) order by names.part) as "values"
from fct_recommendations as recommendations
inner join report_users as users on recommendations.user_id = users.user_id
cross join names
left join fct_recommendation_parts as parts
    on
        recommendations.user_id = parts.user_id
        and recommendations.item_id = parts.item_id
        and names.part = parts.part
where recommendations.rank <= $ranks
group by users.user_index, recommendations.rank
order by users.user_index, recommendations.rank
