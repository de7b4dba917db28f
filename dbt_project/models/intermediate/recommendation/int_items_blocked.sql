-- The items that the blocklist names, by id or by category; user_id is NULL where it is for everybody.
with categories as (
    select
        item_id,
        {{ recudf.unnest(recudf.split('category', '|')) }} as category
    from {{ ref('recudf', 'stg_items') }}
    where category is not null
)

select
    user_id,
    item_id
from {{ ref('recudf', 'stg_blocklist') }}
where item_id is not null
union
select
    blocklist.user_id,
    categories.item_id
from {{ ref('recudf', 'stg_blocklist') }} as blocklist
inner join categories on blocklist.category = trim(categories.category)
where blocklist.item_id is null
