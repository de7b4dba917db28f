-- What the encoder reads of an item: title, categories and description. Items with none of them are not here.
-- Categories alone say little: many items share them.
with described as (
    select
        item_id,
        title is not null or description is not null as is_described,
        concat_ws('. ', title, replace(category, '|', ', '), description) as text
    from {{ ref('recudf', 'stg_items') }}
)

select
    item_id,
    is_described,
    text,
    {{ recudf.sha256('text') }} as text_hash
from described
where text != ''
