{# What a language model proposed for subjects of a kind: (subject_id, name, summary); no rows where none is asked. #}
{% macro proposed_names(kind) -%}
    {%- if recudf.llm_is_on() -%}
    select
        subject_id,
        max(text) filter (where part = 'name') as name,
        max(text) filter (where part = 'summary') as summary
    from {{ ref('recudf', 'int_llm_names') }}
    where kind = '{{ kind }}'
    group by subject_id
    {%- else -%}
    select cast(null as string) as subject_id, cast(null as string) as name, cast(null as string) as summary where false
    {%- endif -%}
{%- endmacro %}
