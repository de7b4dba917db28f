-- What topics are found in: the vectors of items, and of texts that are about no item with a vector.
with texts as (
    select distinct texts.text_hash
    from {{ ref('recudf', 'stg_texts') }} as texts
    left join {{ ref('recudf', 'vec_items') }} as items on texts.item_id = items.item_id
    where items.item_id is null
)

select
    'item' as source_kind,
    item_id as source_id,
    'item:' || item_id as point_id,
    cast(vector as {{ recudf.array_of('float') }}) as vector,
    fingerprint
from {{ ref('recudf', 'vec_items') }}
union all
select
    'text' as source_kind,
    vectors.text_hash as source_id,
    'text:' || vectors.text_hash as point_id,
    cast(vectors.vector as {{ recudf.array_of('float') }}) as vector,
    vectors.fingerprint
from {{ ref('recudf', 'vec_texts') }} as vectors
inner join texts on vectors.text_hash = texts.text_hash
