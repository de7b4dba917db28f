-- Which items that hardly anybody has met do we recommend, to how many, and what speaks for them?
select
    items.item_id,
    coalesce(items.title, items.item_id) as item,
    items.category,
    items.published_at,
    items.users as users_who_liked_it,
    count(*) as users_who_get_it,
    min(recommendations.rank) as best_rank,
    min(recommendations.reason) as one_of_the_reasons
from recudf.dim_items as items
inner join recudf.fct_recommendations as recommendations on items.item_id = recommendations.item_id
where items.users <= 5 or items.users is null  -- of fewer than the var min_cell_users no number is told
group by items.item_id, items.title, items.category, items.published_at, items.users
order by users_who_get_it desc, items.users nulls first, items.item_id
