-- What the encoder reads of an item: title, categories and description. Items with none of them are not here.
with described as (
    select
        item_id,
        concat_ws('. ', title, replace(category, '|', ', '), description) as text
    from {{ ref('recudf', 'stg_items') }}
)

select
    item_id,
    text,
    sha256(text) as text_hash
from described
where text != ''
