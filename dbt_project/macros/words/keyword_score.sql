{# The value of a keyword, re-ranked by how well it says what its owner's texts say: value x (1 + cosine) / 2. Both
vectors of length 1, as the encoder gives them; where one is NULL, the cosine counts as 0. #}
{% macro keyword_score(value, key_vector, owner_vector) -%}
    round({{ value }} * (1 + coalesce({{ recudf.inner_product(key_vector, owner_vector) }}, 0)) / 2, 9)
{%- endmacro %}
