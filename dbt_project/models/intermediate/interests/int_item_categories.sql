-- The categories that items come with, one by one. What stands in brackets names none: (no genres listed), (none).
with given as (
    select
        item_id,
        {{ recudf.unnest(recudf.split('category', '|')) }} as category
    from {{ ref('recudf', 'stg_items') }}
    where category is not null
)

select distinct
    item_id,
    trim(category) as category,
    trim(category) not like '(%)' as is_named
from given
where trim(category) != ''
