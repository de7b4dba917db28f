{# After a build: says of how many questions the language model did not answer, or not as asked, and why. #}
{% macro warn_of_unanswered(answers) -%}
    {%- set rows = run_query(
        'select count(*) as questions, sum(case when error is null then 0 else 1 end) as failed, min(error) as why from '
        ~ answers ~ ' where run_id = ' ~ dbt.string_literal(invocation_id)
    ) if execute else [] -%}
    {%- for row in rows if row[1] -%}
        {%- do exceptions.warn(
            'of ' ~ row[0] ~ ' questions to the language model ' ~ row[1] ~ ' have no answer that can be used, and '
            ~ 'built-in names stand: ' ~ row[2]
        ) -%}
    {%- endfor -%}
{%- endmacro %}
