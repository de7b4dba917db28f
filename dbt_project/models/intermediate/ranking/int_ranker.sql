-- The scorer as rows: score = sum of weight x feature. learned_weight comes from the folds, which hide a part of the
-- histories, and is in use where the learned score finds more of it than the fixed one does, by 2 % of ndcg@10 on users
-- that it was not fitted on: less than that may be chance, and what is hidden makes the folds poorer than the whole.
{%- set features = recudf.ranking_features() %}
{%- set values = recudf.array(features.keys() | map('string') | list + ['fixed']) %}
with examples as (
    select
        cast(features.fold as string) || ':' || features.user_id as group_id,
        features.item_id,
        {{ recudf.array_map(values, 'x', 'cast(x as double)') }} as features,
        case when hidden.is_hidden then 1e0 else 0e0 end as label
    from {{ ref('recudf', 'int_ranking_features') }} as features
    left join {{ ref('recudf', 'int_ranking_pairs') }} as hidden
        on
            features.fold = hidden.fold
            and features.user_id = hidden.user_id
            and features.item_id = hidden.item_id
            and hidden.is_hidden
    where features.fold > 0
),

fitted as (
    select
        ranker_fit(
            {{ recudf.array_in_order('group_id', ['group_id', 'item_id']) }},
            {{ recudf.array_in_order('features', ['group_id', 'item_id']) }},
            {{ recudf.array_in_order('cast(label as double)', ['group_id', 'item_id']) }},
            {{ recudf.ranker_params() }}
        ) as fits
    from examples
),

fits as {{ recudf.materialized() }} (
    select {{ recudf.unnest_structs('fits') }} from fitted
),

judged as (
    select count(distinct group_id) as users from examples where label > 0
),

measured as (
    select
        max(value) filter (where method = 'listwise') as learned,
        max(value) filter (where method = 'feature:fixed') as fixed
    from fits
    where kind = 'quality'
),

quality as (
    select
        measured.*,
        judged.users,
        coalesce(
            measured.learned > 1.02e0 * measured.fixed
            and judged.users >= {{ recudf.number('ranking_min_users') }},
            false
        ) as is_learned
    from measured
    cross join judged
),

-- in units of the feature itself
slopes as (
    select
        weights.feature,
        weights.value / scales.threshold as slope
    from fits as weights
    inner join fits as scales on weights.feature = scales.name and scales.kind = 'scale' and scales.method = 'listwise'
    where weights.kind = 'weight' and weights.method = 'listwise' and scales.threshold > 0
),

fixed (feature, weight) as (
    values
    {%- for feature, weight in features.items() %}
    ('{{ feature }}', cast({{ weight }} as double)){{ ',' if not loop.last }}
    {%- endfor %}
),

united as (
    select
        fixed.feature,
        fixed.weight as fixed_weight,
        -- the fixed score is a feature too, and a sum of the others
        coalesce(own.slope, 0) + fixed.weight * coalesce(whole.slope, 0) as learned_weight
    from fixed
    left join slopes as own on fixed.feature = own.feature
    left join slopes as whole on whole.feature = 'fixed'
)

select
    united.feature,
    united.fixed_weight,
    united.learned_weight,
    quality.users,
    quality.learned as learned_ndcg,
    quality.fixed as fixed_ndcg,
    quality.is_learned,
    round(case when quality.is_learned then united.learned_weight else united.fixed_weight end, 9) as weight
from united
cross join quality
