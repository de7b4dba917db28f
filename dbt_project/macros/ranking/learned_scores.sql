{# The candidates of fold 0 by the learned ranking: (user_id, item_id, score). chosen: a condition on features. #}
{% macro learned_scores(chosen='true') -%}
    {%- set features = recudf.ranking_features() -%}
    with weights as {{ recudf.materialized() }} (
        select
        {%- for feature in features %}
            max(weight) filter (where feature = '{{ feature }}') as {{ feature }}{{ ',' if not loop.last }}
        {%- endfor %}
        from {{ ref('recudf', 'int_ranker') }}
    )

    select
        features.user_id,
        features.item_id,
        round(
        {%- for feature in features %}
            {{ '+ ' if not loop.first }}features.{{ feature }} * weights.{{ feature }}
        {%- endfor %}, 6) as score
    from {{ ref('recudf', 'int_ranking_features') }} as features
    cross join weights
    where features.fold = 0 and {{ chosen }}
{%- endmacro %}
