-- The items that the blocklist names, by id or by category; user_id is NULL where it is for everybody.
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
inner join {{ ref('recudf', 'int_item_categories') }} as categories on blocklist.category = categories.category
where blocklist.item_id is null
