{# The point whose inner product with an item's point (int_item_points) is a score of vector, recent popularity
and popularity. Expects the columns of int_user_points. #}
{% macro user_point(content_weight, recent_weight, popular_weight) -%}
    {%- set popularity = [
        'cast(' ~ recent_weight ~ ' as float)', 'cast(' ~ popular_weight ~ ' as float)', 'cast(0 as float)'
    ] -%}
    {{ recudf.array_map('vector', 'x', 'cast(x * ' ~ content_weight ~ ' as float)') }} || {{ recudf.array(popularity) }}
{%- endmacro %}


{# What a user with a vector gets: it, and popularity, half recent and half of all time, by its var. #}
{% macro blend_point() -%}
    {%- set half = '0.5 * ' ~ recudf.number('popularity_weight') -%}
    {{ recudf.user_point('content_weight', half, half) }}
{%- endmacro %}
