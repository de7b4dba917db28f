{# The candidates of all sources: (fold, user_id, source, item_id, score). #}
{% macro candidates() -%}
    select fold, user_id, source, item_id, score from {{ ref('recudf', 'int_candidates_by_history') }}
    union all
    select fold, user_id, source, item_id, score from {{ ref('recudf', 'int_candidates_by_factors') }}
    union all
    select fold, user_id, source, item_id, score from {{ ref('recudf', 'int_candidates_by_popularity') }}
{%- endmacro %}


{# What people liked and a fold does not hide, as lists for a fit: (fold, user_ids, item_ids, weights). #}
{% macro liked_lists() -%}
    select
        fold,
        {{ recudf.array_in_order('user_id', ['user_id', 'item_id']) }} as user_ids,
        {{ recudf.array_in_order('item_id', ['user_id', 'item_id']) }} as item_ids,
        {{ recudf.array_in_order('cast(1 as double)', ['user_id', 'item_id']) }} as weights
    from {{ ref('recudf', 'int_ranking_pairs') }}
    where weight > 0 and is_person and not is_hidden
    group by fold
{%- endmacro %}


{# The features of a relation as rows, one for each: keys (a list of columns), part and feature_value. #}
{% macro unpivoted_features(relation, keys) -%}
{%- for feature in recudf.ranking_features() %}
    select
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        '{{ feature }}' as part,
        cast({{ feature }} as double) as feature_value
    from {{ relation }}
    {{ 'union all' if not loop.last }}
{%- endfor %}
{%- endmacro %}
