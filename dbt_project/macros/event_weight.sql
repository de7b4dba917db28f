{# What an event weighs before decay: what its type means, times what its rating says. A rating at the
threshold counts 1 / (1 + how far the highest is above it), the highest 1, the lowest -1. Expects events, types and scales (lowest and highest value). #}
{% macro event_weight() -%}
    types.weight * case
        when not types.is_rated or events.value is null or scales.highest = scales.lowest then 1
        when events.value >= {{ recudf.number('rating_threshold') }}
            then (events.value - {{ recudf.number('rating_threshold') }} + 1)
                / (greatest(scales.highest, events.value) - {{ recudf.number('rating_threshold') }} + 1)
        else -({{ recudf.number('rating_threshold') }} - events.value)
            / ({{ recudf.number('rating_threshold') }} - least(scales.lowest, events.value))
    end
{%- endmacro %}
