-- Who gets the places: how much of what we recommend goes to the most popular tenth of the items, and to the others?
with recommended as (
    select
        item_id,
        count(*) as recommendations
    from recudf.fct_recommendations
    group by item_id
),

items as (
    select
        items.item_id,
        items.users,
        recommended.recommendations,
        ntile(10) over (order by items.users desc, items.item_id) as popularity_decile
    from recudf.dim_items as items
    left join recommended on items.item_id = recommended.item_id
    where items.is_available
),

deciles as (
    select
        popularity_decile,
        count(*) as items,
        count(recommendations) as items_recommended,
        coalesce(sum(users), 0) as likes,
        coalesce(sum(recommendations), 0) as recommendations
    from items
    group by popularity_decile
)

select
    popularity_decile,
    items,
    items_recommended,
    likes / nullif(sum(likes) over (), 0) as share_of_likes,
    recommendations / nullif(sum(recommendations) over (), 0) as share_of_recommendations
from deciles
order by popularity_decile
