{# The value of a var that must be a number, within its bounds: a var never reaches SQL as it is. #}
{% macro number(name) -%}
    {%- set value = var(name) -%}
    {%- set bounds = {
        'half_life_days': 'positive', 'popularity_half_life_days': 'positive', 'deep_half_life_days': 'positive',
        'recommendation_history_days': 'positive', 'outcome_days': 'positive', 'group_history_days': 'positive',
        'group_max_distance': 'not negative', 'group_margin': 'not negative', 'group_certain_events': 'not negative',
        'neighbors_per_user': 'count', 'people_per_user': 'count', 'people_similarity_weight': 'not negative',
        'people_hub_ties': 'count',
        'recommendations_per_user': 'count', 'evaluation_k': 'count', 'recommendations_per_group': 'count',
        'group_voters': 'count', 'group_candidates': 'count', 'group_seen_share': 'positive', 'min_group_size': 'count',
        'min_cell_users': 'count',
        'content_shrinkage': 'not negative', 'popularity_weight': 'not negative', 'text_weight': 'not negative',
        'lexical_texts': 'count', 'lexical_dimensions': 'count', 'lexical_seed': 'whole',
        'unknown_share_limit': 'not negative',
        'spark_partitions': 'count', 'spark_index_shards': 'count',
        'llm_users': 'count', 'sentiment_min_labels': 'count', 'sentiment_labels_per_side': 'count',
        'emotion_min_cosine': 'not negative', 'llm_min_similarity': 'not negative', 'llm_min_support': 'not negative',
        'interests_per_user': 'count', 'deep_min_events': 'not negative', 'interest_shrinkage': 'not negative',
        'surface_events': 'not negative', 'surface_days': 'not negative', 'history_min_share': 'not negative',
        'diversity': 'not negative', 'exposure_weight': 'not negative', 'rule_items': 'count', 'rules_per_item': 'count',
        'ranking_users': 'count', 'ranking_min_users': 'count', 'ranking_min_errors': 'not negative',
        'ranking_half_life_events': 'positive',
        'ranking_seed': 'whole', 'candidates_per_source': 'count', 'candidates_per_user': 'count',
        'bot_events_per_minute': 'not negative', 'bot_events_per_day': 'not negative',
    } -%}
    {%- set wanted = {
        'positive': 'a number above 0', 'count': 'a whole number from 1 up', 'whole': 'a whole number from 0 up',
        'not negative': 'a number from 0 up'
    }.get(bounds.get(name), 'a number') -%}
    {%- if value is not number or value is boolean or not -1e15 < value < 1e15
        or bounds.get(name) == 'positive' and value <= 0
        or bounds.get(name) == 'count' and (value is not integer or value < 1)
        or bounds.get(name) == 'whole' and (value is not integer or value < 0)
        or bounds.get(name) == 'not negative' and value < 0 -%}
        {%- do exceptions.raise_compiler_error(name ~ " is '" ~ value ~ "': give " ~ wanted) -%}
    {%- endif -%}
    {{ value }}
{%- endmacro %}
