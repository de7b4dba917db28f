{# Half as much for every half-life between a time and as_of; 1 where either is unknown. #}
{% macro decay(time, half_life_var) -%}
    {%- set half_life = '(86400e6 * ' ~ recudf.number(half_life_var) ~ ')' -%}
    {%- set age = recudf.microseconds('as_of.as_of') ~ ' - ' ~ recudf.microseconds(time) -%}
    coalesce(pow(0.5, greatest(0, {{ age }}) / {{ half_life }}), 1.0)
{%- endmacro %}
