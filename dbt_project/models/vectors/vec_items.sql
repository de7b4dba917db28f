-- One vector per item, unit length: from its title and description, centred on the mean of all items' texts, else the
-- mean of what users wrote about it, else from its categories. Items with none of them are not here.
with own as (
    select
        texts.item_id,
        texts.is_described,
        embeddings.vector,
        embeddings.fingerprint
    from {{ ref('recudf', 'int_item_texts') }} as texts
    inner join {{ ref('recudf', 'int_embeddings_in_use') }} as embeddings on texts.text_hash = embeddings.text_hash
    where embeddings.vector is not null
),

written as (
    select
        texts.item_id,
        vector_mean({{ recudf.array_in_order('vec_texts.vector', ['texts.text_id']) }}) as vector,
        min(vec_texts.fingerprint) as fingerprint
    from {{ ref('recudf', 'stg_texts') }} as texts
    inner join {{ ref('recudf', 'vec_texts') }} as vec_texts on texts.text_hash = vec_texts.text_hash
    where
        texts.item_id in (select item_id from {{ ref('recudf', 'stg_items') }})
        and texts.item_id not in (select item_id from own where is_described)
    group by texts.item_id
),

united as {{ recudf.materialized() }} (
    select
        own.item_id,
        {{ recudf.centered('own.vector', 'center.vector', 'center.texts') }} as vector,
        own.fingerprint,
        case when own.is_described then 'own text' else 'categories' end as vector_source
    from own
    cross join {{ ref('recudf', 'int_item_center') }} as center
    where own.is_described or not exists (select 1 from written where written.item_id = own.item_id)
    union all
    select
        item_id,
        vector_unit(vector) as vector,
        fingerprint,
        'texts about it' as vector_source
    from written
)

select
    item_id,
    cast(vector as {{ recudf.vector_type() }}) as vector,
    fingerprint,
    vector_source
from united
where vector is not null
