-- Interests that a language model proposed for a user, where the user's own items and texts support them, more than
-- those of all who were asked about do: by the share of the user's weight. A deep one needs more than one of them.
with answers as (
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

people as (
    select count(*) as users from {{ ref('recudf', 'int_llm_questions') }} where kind = 'user'
),

shares as (
    select
        user_id,
        interest,
        round(sum(weight) / min(user_weight), 6) as score,
        cast(sum(events) as bigint) as events,
        count(*) as sources,
        min(first_at) as first_at,
        max(last_at) as last_at,
        max(source_kind) filter (where position = 1) as source_kind,
        max(source_id) filter (where position = 1) as source_id,
        max(similarity) as similarity
    from {{ ref('recudf', 'int_llm_support') }}
    group by user_id, interest
),

population as (
    select
        shares.interest,
        round(sum(shares.score) / min(people.users), 6) as population_share
    from shares
    cross join people
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
    shares.similarity
from proposed
inner join shares on proposed.user_id = shares.user_id and proposed.interest = shares.interest
inner join population on shares.interest = population.interest
where
    (proposed.layer = 'middle' or shares.sources > 1)
    and shares.score >= 1.2 * population.population_share
