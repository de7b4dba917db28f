{# Half as much for every half-life between a time and as_of; 1 where either is unknown. #}
{% macro decay(time, half_life_var) -%}
    coalesce(pow(0.5, greatest(0, {{ recudf.microseconds('as_of.as_of') }} - {{ recudf.microseconds(time) }}) / (86400e6 * {{ recudf.number(half_life_var) }})), 1.0)
{%- endmacro %}
