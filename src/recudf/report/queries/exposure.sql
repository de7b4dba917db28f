with recommended as (
    select
        item_id,
        count(*) as recommendations
    from fct_recommendations
    group by item_id
),

items as (
    select
        items.users,
        recommended.recommendations,
        ntile(10) over (order by items.users desc, items.item_id) as decile
    from dim_items as items
    left join recommended on items.item_id = recommended.item_id
    where items.is_available
)

select
    decile,
    count(*) as items,
    count(recommendations) as items_recommended,
    cast(coalesce(sum(users), 0) as bigint) as likes,
    cast(coalesce(sum(recommendations), 0) as bigint) as recommendations
from items
group by decile
order by decile
