{# A vector without what all texts of its kind share, scaled to length 1. The mean of few texts says little,
so it is taken off by the factor n / (n + 10).

Mu & Viswanath, All-but-the-Top (ICLR 2018): what is common to all vectors hides what sets them apart. #}
{% macro centered(vector, center, texts) -%}
    {%- set vectors = recudf.array(['cast(' ~ vector ~ ' as ' ~ recudf.array_of('float') ~ ')', center]) -%}
    {%- set weights = recudf.array(['cast(1 as double)', '-' ~ texts ~ ' / (' ~ texts ~ ' + cast(10 as double))']) -%}
    vector_unit(vector_mean({{ vectors }}, {{ weights }}))
{%- endmacro %}
