-- What each feature weighs in the score in use: as learned where that was chosen (int_ranker_choice), else as fixed. Of
-- trees and networks, which are in int_ranker_nodes and int_ranker_layers, there are no weights.
{%- set features = recudf.ranking_features() %}
{%- set is_linear = "choice.method not in ('" ~ recudf.curved_methods() | join("', '") ~ "')" %}
with fits as (
    select * from {{ ref('recudf', 'int_ranker_fit') }}
),

choice as (
    select * from {{ ref('recudf', 'int_ranker_choice') }}
),

-- in units of the feature itself
slopes as (
    select
        weights.feature,
        weights.value / scales.threshold as slope
    from fits as weights
    inner join choice on weights.method = choice.method
    inner join fits as scales on weights.feature = scales.name and scales.kind = 'scale' and scales.method = choice.method
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
    choice.method,
    choice.is_learned,
    united.fixed_weight,
    case when {{ is_linear }} then united.learned_weight end as learned_weight,
    case
        when not choice.is_learned then round(united.fixed_weight, 9)
        when {{ is_linear }} then round(united.learned_weight, 9)
    end as weight
from united
cross join choice
