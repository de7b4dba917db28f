{# The start of the period that a time lies in, as the var interest_period says. #}
{% macro period(time) -%}
    {%- set period = var('interest_period') -%}
    {%- if period not in ['week', 'month', 'quarter', 'year'] -%}
        {%- do recudf.refuse_var('interest_period', period, 'give week, month, quarter or year') -%}
    {%- endif -%}
    cast(date_trunc('{{ period }}', {{ time }}) as timestamp)
{%- endmacro %}
