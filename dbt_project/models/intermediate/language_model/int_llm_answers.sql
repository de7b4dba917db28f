-- What a language model answered, asked once and for all: schemas and replays share this table. Questions without an
-- answer (no connection, budget used up) are asked again by the next build, groups first, users last.
-- A full refresh leaves it alone; drop the table to ask everything anew.

with wanted as (
    select
        questions.question_hash,
        min(questions.kind) as kind,
        min(questions.model) as model,
        min(questions.content) as content
    from {{ ref('recudf', 'int_llm_questions') }} as questions
    {%- if is_incremental() %}
    where not exists (
        select 1 from {{ this }} as known
        where known.question_hash = questions.question_hash and known.is_answered
    )
    {%- endif %}
    group by questions.question_hash
),

asked as {{ recudf.materialized() }} (
    select
        question_hash,
        kind,
        model,
        content,
        propose(kind, content, {{ dbt.string_literal(invocation_id) }}) as proposal
    from {{ recudf.one_task('wanted', ['kind', 'question_hash']) }}
)

select
    question_hash,
    kind,
    model,
    content,
    proposal.answers as answers,
    proposal.error as error,
    proposal.is_answered as is_answered,
    proposal.calls as calls,
    proposal.tokens as tokens,
    cast({{ dbt.string_literal(invocation_id) }} as string) as run_id
from asked
