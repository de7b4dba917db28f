-- What users get: the candidates of fold 0 by the sum of weight x feature, the best unseen ones; with the vars diversity,
-- category_cap or exposure_weight chosen again.
{%- set features = recudf.ranking_features() %}
with weights as {{ recudf.materialized() }} (
    select
    {%- for feature in features %}
        max(weight) filter (where feature = '{{ feature }}') as {{ feature }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('recudf', 'int_ranker') }}
),

scored as (
    select
        features.user_id,
        features.item_id,
        round(
        {%- for feature in features %}
            {{ '+ ' if not loop.first }}features.{{ feature }} * weights.{{ feature }}
        {%- endfor %}, 6) as score
    from {{ ref('recudf', 'int_ranking_features') }} as features
    cross join weights
    where features.fold = 0
),

ranked as (
    select
        *,
        row_number() over (partition by user_id order by score desc, item_id) as rank
    from scored
),

best as (
    select
        user_id,
        item_id,
        cast(rank as integer) as rank,
        cast(score as float) as score
    from ranked
    where rank <= {{ recudf.reranked_from(recudf.ranked_depth()) }}
)

select
    user_id,
    item_id,
    rank,
    cast(score as float) as score
from {{ recudf.reranked_or_best('best', ['user_id'], recudf.ranked_depth()) }}
