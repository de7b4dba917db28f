{# The var event_weights as rows (event_type, weight). #}
{% macro event_weight_rows() -%}
    {%- if var('event_weights') is not mapping -%}
        {%- do recudf.refuse_var('event_weights', var('event_weights'), 'write weights by event type, as {view: 0.1}') -%}
    {%- endif -%}
    {%- for event_type, weight in var('event_weights').items() -%}
        {%- if weight is not number -%}
            {%- do exceptions.raise_compiler_error(
                "event_weights gives " ~ event_type ~ " the weight '" ~ weight ~ "': give a number"
            ) -%}
        {%- endif -%}
        select {{ recudf.text_literal(event_type | lower) }}, cast({{ weight }} as double)
        {%- if not loop.last %} union all {% endif -%}
    {%- else -%}
        select cast(null as string), cast(null as double) where false
    {%- endfor -%}
{%- endmacro %}


{# The var seen_event_types as rows (event_type). #}
{% macro seen_event_type_rows() -%}
    {%- set seen = var('seen_event_types') or [] -%}
    {%- if seen is string or seen is not iterable -%}
        {%- do recudf.refuse_var('seen_event_types', seen, 'write a list, as [purchase, rating]') -%}
    {%- endif -%}
    {%- for event_type in seen -%}
        select {{ recudf.text_literal(event_type | lower) }}
        {%- if not loop.last %} union all {% endif -%}
    {%- else -%}
        select cast(null as string) where false
    {%- endfor -%}
{%- endmacro %}
