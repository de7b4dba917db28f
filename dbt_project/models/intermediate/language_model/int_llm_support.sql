-- What of a user's items and texts supports an interest that a language model proposed for anybody, nearest first: at a
-- cosine of at least llm_min_support.
with fit as {{ recudf.materialized() }} (
    {{ recudf.fit_in_use() }}
),

answers as (
    select question_hash, {{ recudf.unnest_structs('answers') }}
    from {{ ref('recudf', 'int_llm_answers') }}
    where is_answered and error is null
),

questions as (
    select subject_id as user_id, question_hash
    from {{ ref('recudf', 'int_llm_questions') }}
    where kind = 'user'
),

proposed as (
    select distinct lower(answers.text) as interest
    from questions
    inner join answers on questions.question_hash = answers.question_hash
),

interests as {{ recudf.materialized() }} (
    select
        proposed.interest,
        {{ recudf.embedding('proposed.interest', 'fit.handle') }} as vector
    from proposed
    cross join fit
),

sources as {{ recudf.materialized() }} (
    select
        sources.*,
        coalesce(items.text_hash, sources.source_id) as text_hash,
        round(sum(sources.deep_weight) over (partition by sources.user_id), 9) as user_weight
    from {{ ref('recudf', 'int_user_sources') }} as sources
    inner join questions on sources.user_id = questions.user_id
    left join {{ ref('recudf', 'int_item_texts') }} as items
        on sources.source_kind = 'item' and sources.source_id = items.item_id
    where sources.deep_weight > 0
),

texts as {{ recudf.materialized() }} (
    select
        embeddings.text_hash,
        embeddings.vector
    from {{ ref('recudf', 'int_embeddings_in_use') }} as embeddings
    inner join (select distinct text_hash from sources) as used on embeddings.text_hash = used.text_hash
),

compared as {{ recudf.materialized() }} (
    select
        interests.interest,
        texts.text_hash,
        round({{ recudf.inner_product('interests.vector', 'texts.vector') }}, 6) as similarity
    from interests
    cross join texts
)

select
    sources.user_id,
    compared.interest,
    sources.source_kind,
    sources.source_id,
    compared.similarity,
    row_number() over (
        partition by sources.user_id, compared.interest
        order by compared.similarity desc, sources.source_kind, sources.source_id
    ) as position,
    sources.deep_weight as weight,
    sources.user_weight,
    sources.events,
    sources.first_at,
    sources.last_at
from compared
inner join sources on compared.text_hash = sources.text_hash
where compared.similarity >= {{ recudf.number('llm_min_support') }}
