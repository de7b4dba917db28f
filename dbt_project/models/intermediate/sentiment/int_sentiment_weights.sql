-- What tells positive texts from negative ones, as weights: see sentiment_fit.
with labelled as (
    select text_hash, text, label, false as is_example from {{ ref('recudf', 'int_sentiment_labels') }}
    union all
    select
        text_hash,
        text,
        case label when 'positive' then 1 else -1 end as label,
        true as is_example
    from {{ ref('recudf', 'int_sentiment_prototypes') }}
    where label in ('positive', 'negative')
),

embedded as (
    select
        labelled.*,
        cast(embeddings.vector as {{ recudf.array_of('float') }}) as vector
    from labelled
    left join {{ ref('recudf', 'int_embeddings_in_use') }} as embeddings on labelled.text_hash = embeddings.text_hash
),

fitted as (
    select
        sentiment_fit(
            {{ recudf.array_in_order('text', ['text_hash', 'is_example']) }},
            {{ recudf.array_in_order('vector', ['text_hash', 'is_example']) }},
            {{ recudf.array_in_order('cast(label as double)', ['text_hash', 'is_example']) }},
            {{ recudf.array_in_order('is_example', ['text_hash', 'is_example']) }},
            {{ recudf.number('sentiment_min_labels') }}
        ) as weights
    from embedded
)

select {{ recudf.unnest_structs('weights') }} from fitted
