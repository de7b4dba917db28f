{# A cell's term of the G statistic: observed x ln(observed / expected), expected = of / people. #}
{% macro g_term(observed, of) -%}
    case when {{ observed }} > 0 then {{ observed }} * ln({{ observed }} * people / ({{ of }})) else 0 end
{%- endmacro %}
