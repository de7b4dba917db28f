-- Names and summaries that a language model proposed, where they mean what the words of the topic, field or group mean:
-- others are refused, and the built-in name stands.
with fit as {{ recudf.materialized() }} (
    {{ recudf.fit_in_use() }}
),

answers as (
    select question_hash, {{ recudf.unnest_structs('answers') }}
    from {{ ref('recudf', 'int_llm_answers') }}
    where is_answered and error is null
),

proposed as (
    select
        questions.kind,
        questions.subject_id,
        questions.words,
        answers.part,
        max(answers.text) as text
    from {{ ref('recudf', 'int_llm_questions') }} as questions
    inner join answers on questions.question_hash = answers.question_hash
    where questions.kind != 'user'
    group by questions.kind, questions.subject_id, questions.words, answers.part
),

embedded as {{ recudf.materialized() }} (
    select
        proposed.*,
        {{ recudf.embedding('proposed.text', 'fit.handle') }} as vector,
        {{ recudf.embedding('proposed.words', 'fit.handle') }} as words_vector
    from proposed
    cross join fit
),

compared as (
    select
        kind,
        subject_id,
        part,
        text,
        round({{ recudf.inner_product('vector', 'words_vector') }}, 6) as similarity
    from embedded
)

select
    kind,
    subject_id,
    part,
    text,
    similarity
from compared
where similarity >= {{ recudf.number('llm_min_similarity') }}
