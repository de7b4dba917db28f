-- The mean of all items' vectors as the encoder gives them, which is taken off each: one row, NULL if there is none.
with own as (
    select
        texts.item_id,
        embeddings.vector
    from {{ ref('recudf', 'int_item_texts') }} as texts
    inner join {{ ref('recudf', 'int_embeddings_in_use') }} as embeddings on texts.text_hash = embeddings.text_hash
    where embeddings.vector is not null
)

{{ recudf.center('own', 'item_id') }}
