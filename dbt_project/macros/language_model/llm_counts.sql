{# What fct_runs says of the language model; where none is asked, nothing. #}

{# Requests that this build sent. #}
{% macro llm_calls() -%}
    {%- if recudf.llm_is_on() -%}
    (
        select coalesce(cast(sum(calls) as bigint), 0)
        from {{ ref('recudf', 'int_llm_answers') }}
        where run_id = {{ dbt.string_literal(invocation_id) }}
    )
    {%- else -%} cast(0 as bigint)
    {%- endif -%}
{%- endmacro %}


{# Questions of which nothing was kept. #}
{% macro llm_refused() -%}
    {%- if recudf.llm_is_on() -%}
    (
        select count(*)
        from {{ ref('recudf', 'int_llm_questions') }} as questions
        left join (
            select kind, subject_id from {{ ref('recudf', 'int_llm_names') }}
            union
            select 'user' as kind, user_id as subject_id from {{ ref('recudf', 'int_proposed_interests') }}
        ) as kept on questions.kind = kept.kind and questions.subject_id = kept.subject_id
        where kept.subject_id is null
    )
    {%- else -%} cast(0 as bigint)
    {%- endif -%}
{%- endmacro %}


{# Whether a question has no answer yet: the next build asks it again. #}
{% macro has_open_questions() -%}
    {%- if recudf.llm_is_on() -%}
    (
        select count(*)
        from {{ ref('recudf', 'int_llm_questions') }} as questions
        left join {{ ref('recudf', 'int_llm_answers') }} as answers
            on questions.question_hash = answers.question_hash and answers.is_answered
        where answers.question_hash is null
    ) > 0
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}
