{# Half as much for every half-life between a time and as_of; 1 where either is unknown. #}
{% macro decay(time, half_life_var) -%}
    coalesce(pow(0.5, greatest(0, date_diff('second', {{ time }}, as_of.as_of)) / (86400.0 * {{ recudf.number(half_life_var) }})), 1.0)
{%- endmacro %}
