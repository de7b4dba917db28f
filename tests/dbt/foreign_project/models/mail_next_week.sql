-- the shop's own model on what the package recommends
select customers.customer_key, recommendations.item_title, recommendations.reason
from {{ ref('recudf', 'fct_recommendations') }} as recommendations
inner join {{ ref('dim_users') }} as customers on recommendations.user_id = customers.customer_key::varchar
where recommendations.rank = 1
