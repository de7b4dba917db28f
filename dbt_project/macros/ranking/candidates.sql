{# The candidates of all sources: (fold, user_id, source, item_id, score). #}
{% macro candidates() -%}
    {%- for model in ['history', 'factors', 'neighbors', 'friends', 'interests', 'popularity'] %}
    select fold, user_id, source, item_id, score from {{ ref('recudf', 'int_candidates_by_' ~ model) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{# Of scored items (fold, user_id, item_id, score) the best of each user that may be recommended, as candidates. #}
{% macro best_open(scored, source) -%}
select
    fold,
    user_id,
    '{{ source }}' as source,
    item_id,
    score
from (
    select
        scored.*,
        row_number() over (
            partition by scored.fold, scored.user_id order by scored.score desc, scored.item_id
        ) as position
    from {{ scored }} as scored
    inner join {{ ref('recudf', 'int_item_points') }} as available on scored.item_id = available.item_id
    left join ({{ recudf.not_recommended() }}) as seen
        on scored.fold = seen.fold and scored.user_id = seen.user_id and scored.item_id = seen.item_id
    where scored.score > 0 and seen.item_id is null
) as ranked
where position <= {{ recudf.number('candidates_per_source') }}
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
