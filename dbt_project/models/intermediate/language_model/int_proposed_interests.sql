-- Interests that a language model proposed for a user, where the encoder finds support for them among what the user
-- did and wrote, more than among what the others did who were asked about: a share of the user's weight, as of all
-- interests, and the nearest item or text. A deep one needs support from more than one.
with fit as {{ recudf.materialized() }} (
    {{ recudf.fit_in_use() }}
),

answers as (
    select question_hash, {{ recudf.unnest_structs('answers') }}
    from {{ ref('recudf', 'int_llm_answers') }}
    where is_answered and error is null
),

proposed as (
    select distinct
        questions.subject_id as user_id,
        answers.part as layer,
        lower(answers.text) as interest
    from {{ ref('recudf', 'int_llm_questions') }} as questions
    inner join answers on questions.question_hash = answers.question_hash
    where questions.kind = 'user'
),

interests as {{ recudf.materialized() }} (
    select
        named.interest,
        {{ recudf.embedding('named.interest', 'fit.handle') }} as vector
    from (select distinct interest from proposed) as named
    cross join fit
),

sources as {{ recudf.materialized() }} (
    select
        sources.*,
        coalesce(items.text_hash, sources.source_id) as text_hash,
        round(sum(sources.deep_weight) over (partition by sources.user_id), 9) as user_weight
    from {{ ref('recudf', 'int_user_sources') }} as sources
    inner join (
        select subject_id from {{ ref('recudf', 'int_llm_questions') }} where kind = 'user'
    ) as people on sources.user_id = people.subject_id
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
),

supported as (
    select
        sources.*,
        compared.interest,
        compared.similarity,
        row_number() over (
            partition by sources.user_id, compared.interest
            order by compared.similarity desc, sources.source_kind, sources.source_id
        ) as position
    from compared
    inner join sources on compared.text_hash = sources.text_hash
    where compared.similarity >= {{ recudf.number('llm_min_support') }}
),

shares as (
    select
        user_id,
        interest,
        round(sum(deep_weight) / min(user_weight), 6) as score,
        cast(sum(events) as bigint) as events,
        count(*) as n_sources,
        min(first_at) as first_at,
        max(last_at) as last_at,
        max(source_kind) filter (where position = 1) as source_kind,
        max(source_id) filter (where position = 1) as source_id,
        max(similarity) as similarity,
        {{ recudf.array_in_order(recudf.struct({'source_kind': 'source_kind', 'source_id': 'source_id'}), ['position']) }} as sources
    from supported
    group by user_id, interest
),

population as (
    select
        shares.interest,
        round(sum(shares.score) / min(people.users), 6) as population_share
    from shares
    cross join (select count(distinct user_id) as users from sources) as people
    group by shares.interest
)

select
    shares.user_id,
    proposed.layer,
    'proposed:' || shares.interest as interest_id,
    shares.interest,
    shares.score,
    population.population_share,
    round(shares.score / population.population_share, 6) as lift,
    shares.events,
    shares.first_at,
    shares.last_at,
    shares.source_kind,
    shares.source_id,
    shares.similarity,
    shares.sources
from proposed
inner join shares on proposed.user_id = shares.user_id and proposed.interest = shares.interest
inner join population on shares.interest = population.interest
where
    (proposed.layer = 'middle' or shares.n_sources > 1)
    and shares.score >= 1.2 * population.population_share
