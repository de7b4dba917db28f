-- What a language model is asked: one question for each topic, field, group and user of whom there are words. The
-- content is all that is sent; equal questions have one hash, and one answer.
{%- set nothing = 'cast(' ~ recudf.array([]) ~ ' as ' ~ recudf.array_of('string') ~ ')' %}

with terms as (
    select
        kind,
        subject_id,
        {{ recudf.array_in_order('term', ['position']) }} as terms,
        {{ recudf.joined_in_order('term', 'position') }} as words
    from {{ ref('recudf', 'int_llm_terms') }}
    group by kind, subject_id
),

titles as (
    select
        kind,
        subject_id,
        {{ recudf.array_in_order('title', ['position']) }} as titles
    from {{ ref('recudf', 'int_llm_titles') }}
    group by kind, subject_id
),

questions as (
    select
        terms.kind,
        terms.subject_id,
        terms.words,
        {{ recudf.to_json({'words': 'terms.terms', 'titles': 'coalesce(titles.titles, ' ~ nothing ~ ')'}) }} as content
    from terms
    left join titles on terms.kind = titles.kind and terms.subject_id = titles.subject_id
),

model as {{ recudf.materialized() }} (
    select info.* from (select llm_info() as info) as asked
)

select
    questions.kind,
    questions.subject_id,
    questions.words,
    questions.content,
    model.model,
    {{ recudf.sha256(recudf.json_array([
        "coalesce(model.model, '')", 'model.prompts', 'questions.kind', 'questions.content'
    ])) }} as question_hash
from questions
cross join model
