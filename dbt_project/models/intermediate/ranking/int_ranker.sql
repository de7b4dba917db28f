-- The scorer in use: the one that ranking_method names, or of all that were fitted the one that finds most of what was
-- hidden, on folds that it was not fitted on; if that is 2 % of ndcg@10 more than the fixed weights find: less may be
-- chance, and what is hidden makes the folds poorer than the whole. Linear: score = sum of weight x feature. Trees:
-- int_ranker_nodes, and no weights.
{%- set features = recudf.ranking_features() %}
{%- set method = recudf.ranking_method() %}
with fits as (
    select * from {{ ref('recudf', 'int_ranker_fit') }}
),

best as (
    select
        method,
        value
    from fits
    where kind = 'quality' and {{ "method not like 'feature:%'" if method == 'auto' else "method = '" ~ method ~ "'" }}
    order by value desc, method
    limit 1
),

measured as (
    select
        max(value) filter (where kind = 'quality' and method = 'feature:fixed') as fixed,
        max(users) as users
    from fits
),

quality as (
    select
        best.method,
        best.value as learned,
        measured.fixed,
        coalesce(measured.users, 0) as users,
        coalesce(
            best.value > 1.02e0 * measured.fixed and measured.users >= {{ recudf.number('ranking_min_users') }},
            false
        ) as is_learned
    from measured
    left join best on true
),

-- in units of the feature itself
slopes as (
    select
        weights.feature,
        weights.value / scales.threshold as slope
    from fits as weights
    inner join best on weights.method = best.method
    inner join fits as scales on weights.feature = scales.name and scales.kind = 'scale' and scales.method = best.method
    where weights.kind = 'weight' and scales.threshold > 0
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
    quality.method,
    united.fixed_weight,
    case when quality.method != 'trees' then united.learned_weight end as learned_weight,
    quality.users,
    quality.learned as learned_ndcg,
    quality.fixed as fixed_ndcg,
    quality.is_learned,
    case
        when not quality.is_learned then round(united.fixed_weight, 9)
        when quality.method != 'trees' then round(united.learned_weight, 9)
    end as weight
from united
cross join quality
