{# A vector without what all texts of its kind share, scaled to length 1. The mean of few texts says little,
so it is taken off by the factor n / (n + 10).

Mu & Viswanath, All-but-the-Top (ICLR 2018): what is common to all vectors hides what sets them apart. #}
{% macro centered(vector, center, texts) -%}
    vector_unit(vector_mean([cast({{ vector }} as float[]), {{ center }}], [1.0, -{{ texts }} / ({{ texts }} + 10.0)]))
{%- endmacro %}
