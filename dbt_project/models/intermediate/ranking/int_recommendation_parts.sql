-- The score of each recommendation in parts, one for each feature that weighs anything: weight x feature. Their sum is
-- the score.
with recommended as (
    select
        features.*
    from {{ ref('recudf', 'int_ranking_features') }} as features
    inner join {{ ref('recudf', 'int_recommendations_scored') }} as ranked
        on features.user_id = ranked.user_id and features.item_id = ranked.item_id
    where features.fold = 0
),

valued as (
    {{ recudf.unpivoted_features('recommended', ['user_id', 'item_id']) }}
)

select
    valued.user_id,
    valued.item_id,
    valued.part,
    valued.feature_value,
    weights.weight,
    valued.feature_value * weights.weight as value
from valued
inner join {{ ref('recudf', 'int_ranker') }} as weights on valued.part = weights.feature
where weights.weight != 0
