-- What must not be recommended: an item or all of a category, to one user or, without one, to nobody.
with source as (
    {{ recudf.select_input('blocklist') }}
)

select distinct
    user_id,
    item_id,
    category
from source
where item_id is not null or category is not null
