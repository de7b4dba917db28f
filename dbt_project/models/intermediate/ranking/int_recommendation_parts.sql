-- The score of each recommendation in parts, one for each feature that weighs anything: weight x feature, of trees
-- the steps at splits by it, of a network integrated gradients. Their sum is the score.
with recommended as (
    select features.*
    from {{ ref('recudf', 'int_ranking_features') }} as features
    inner join {{ ref('recudf', 'int_recommendations_scored') }} as ranked
        on features.user_id = ranked.user_id and features.item_id = ranked.item_id
    where features.fold = 0
)

select
    user_id,
    item_id,
    part,
    feature_value,
    weight,
    value
from ({{ recudf.learned_score_parts('recommended', ['user_id', 'item_id']) }}) as parts
