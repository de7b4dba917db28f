-- The emotion whose prototypes lie nearest to a text: by cosine to the mean of each emotion's sentences, all without
-- what these sentences share. Texts farther than emotion_min_cosine from all of them are not here.
with embedded as (
    select
        prototypes.text_hash,
        prototypes.label,
        embeddings.vector
    from {{ ref('recudf', 'int_sentiment_prototypes') }} as prototypes
    inner join {{ ref('recudf', 'int_embeddings_in_use') }} as embeddings
        on prototypes.text_hash = embeddings.text_hash
    where prototypes.label not in ('positive', 'negative') and embeddings.vector is not null
),

center as {{ recudf.materialized() }} (
    {{ recudf.center('embedded', 'text_hash') }}
),

emotions as (
    select
        embedded.label,
        vector_mean({{ recudf.array_in_order(
            recudf.centered('embedded.vector', 'center.vector', 'center.texts'), ['embedded.text_hash']
        ) }}) as vector
    from embedded
    cross join center
    group by embedded.label
),

indexed as {{ recudf.materialized() }} (
    select vector_index(label, vector) as handle
    from emotions
    where {{ recudf.inner_product('vector', 'vector') }} > 1e-12
),

texts as (
    select distinct
        texts.text_hash,
        embeddings.vector
    from {{ ref('recudf', 'stg_texts') }} as texts
    inner join {{ ref('recudf', 'int_embeddings_in_use') }} as embeddings on texts.text_hash = embeddings.text_hash
    where embeddings.vector is not null
),

nearest as (
    select
        texts.text_hash,
        cosine_topk(
            {{ recudf.centered('texts.vector', 'center.vector', 'center.texts') }}, indexed.handle, 1
        ) as emotions
    from texts
    cross join center
    cross join indexed
)

select
    text_hash,
    {{ recudf.array_element('emotions', 1) }}.id as emotion,
    cast({{ recudf.array_element('emotions', 1) }}.score as double) as score
from nearest
where {{ recudf.array_element('emotions', 1) }}.score >= {{ recudf.number('emotion_min_cosine') }}
