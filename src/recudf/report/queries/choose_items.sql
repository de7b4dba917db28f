-- Items in the page: whatever is recommended to its users, and of the others those that most people like.
create temp table report_items as
with recommended as (
    select distinct recommendations.item_id
    from fct_recommendations as recommendations
    inner join report_users as users on recommendations.user_id = users.user_id
    where recommendations.rank <= $ranks
),

ordered as (
    select
        items.item_id,
        recommended.item_id is not null as is_recommended,
        row_number() over (
            order by recommended.item_id is not null desc, items.users desc, items.events desc, items.item_id
        ) as number
    from dim_items as items
    left join recommended on items.item_id = recommended.item_id
)

select
    cast(row_number() over (order by number) - 1 as integer) as item_index,
    item_id
from ordered
where is_recommended or number <= $items
