{# After a build: warns where the encoder did not know much of what it read. #}
{% macro warn_of_unknown(runs) -%}
    {%- set shares = run_query(
        'select unknown_share from ' ~ runs ~ ' where run_id = ' ~ dbt.string_literal(invocation_id)
        ~ ' and unknown_share > ' ~ recudf.number('unknown_share_limit')
    ) if execute else [] -%}
    {%- for row in shares -%}
        {%- set remedy = 'fit it on the texts of today with --full-refresh' if recudf.is_lexical() else
            'set RECUDF_ENCODER to a multilingual model of sentence-transformers, or the var encoder to lexical' -%}
        {%- do exceptions.warn(
            'the encoder does not know ' ~ (100 * row[0]) | round | int ~ ' % of the characters of the texts, and vectors of '
            ~ 'what it does not know mean little: ' ~ remedy
        ) -%}
    {%- endfor -%}
{%- endmacro %}
