{# Half as much for every half-life between a time and another one, as_of if none is given; 1 where either is unknown. #}
{% macro decay(time, half_life_var, until='as_of.as_of') -%}
    {%- set half_life = '(86400e6 * ' ~ recudf.number(half_life_var) ~ ')' -%}
    {%- set age = recudf.microseconds(until) ~ ' - ' ~ recudf.microseconds(time) -%}
    coalesce(pow(0.5, greatest(0, {{ age }}) / {{ half_life }}), 1.0)
{%- endmacro %}
