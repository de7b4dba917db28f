-- What each feature weighs in the strategy 'learned'. Where there is too little to learn from, or what was learned does
-- not find more (ndcg@10, on groups that it did not see) than the history by itself, by ranking_min_errors standard
-- errors, history weighs 1 and all else 0.
{%- set enough = recudf.number('ranking_min_users') %}
with fits as (
    select * from {{ ref('recudf', 'int_group_ranker_fit') }}
),

quality as (
    select
        learned_ndcg,
        history_ndcg,
        examples,
        gain_error,
        coalesce(
            gain > {{ recudf.number('ranking_min_errors') }} * gain_error and examples >= {{ enough }}, false
        ) as is_learned
    from (
        select
            max(case when kind = 'quality' and method = 'listwise' then value end) as learned_ndcg,
            max(case when kind = 'quality' and method = 'feature:history' then value end) as history_ndcg,
            max(case when kind = 'gain' then value end) as gain,
            max(case when kind = 'gain' then threshold end) as gain_error,
            coalesce(max(examples), 0) as examples
        from fits
    ) as measured
),

features (feature) as (
    values
    {%- for feature in recudf.group_features() %}
        ('{{ feature }}'){{ ',' if not loop.last }}
    {%- endfor %}
)

select
    features.feature,
    coalesce(weights.value / nullif(scales.threshold, 0), 0) as learned_weight,
    quality.examples,
    quality.learned_ndcg,
    quality.history_ndcg,
    quality.gain_error,
    quality.is_learned,
    case
        when quality.is_learned then round(coalesce(weights.value / nullif(scales.threshold, 0), 0), 9)
        when features.feature = 'history' then 1e0
        else 0e0
    end as weight
from features
cross join quality
left join fits as weights on features.feature = weights.name and weights.kind = 'weight'
left join fits as scales on features.feature = scales.name and scales.kind = 'scale'
