-- The scorer in use: the one that ranking_method names, or of all that were fitted the simplest that finds as much of
-- what was hidden as the best one, but for one standard error of the difference (after Breiman et al., Classification
-- and Regression Trees, 1984), on folds that it was not fitted on; if that is more than the fixed weights find, by
-- ranking_min_errors standard errors: less may be chance.
{%- set method = recudf.ranking_method() %}
with fits as (
    select * from {{ ref('recudf', 'int_ranker_fit') }}
),

methods as (
    select
        quality.method,
        quality.value,
        gains.value as gain,
        gains.threshold as gain_error,
        lags.value <= lags.threshold as is_as_good,
        {{ recudf.method_complexity('quality.method') }} as complexity
    from fits as quality
    inner join fits as gains on quality.method = gains.method and gains.kind = 'gain'
    inner join fits as lags on quality.method = lags.method and lags.kind = 'lag'
    where quality.kind = 'quality'{{ " and quality.method = '" ~ method ~ "'" if method != 'auto' }}
),

best as (
    select * from methods where is_as_good order by complexity limit 1
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
        best.gain_error,
        coalesce(measured.users, 0) as users,
        coalesce(
            best.gain > {{ recudf.number('ranking_min_errors') }} * best.gain_error
            and measured.users >= {{ recudf.number('ranking_min_users') }},
            false
        ) as is_learned
    from measured
    left join best on true
),

-- of the score in use: the log odds that an item is liked, by how far its score stands above the user's others
odds as (
    select
        max(fits.value) filter (where fits.name = 'intercept') as odds_intercept,
        max(fits.value) filter (where fits.name = 'slope') as odds_slope,
        max(fits.value) filter (where fits.name = 'ece') as calibration_error
    from quality
    inner join fits on fits.method = case when quality.is_learned then quality.method else 'feature:fixed' end
    where fits.kind = 'calibration'
)

select
    quality.method,
    quality.users,
    quality.learned as learned_ndcg,
    quality.fixed as fixed_ndcg,
    quality.gain_error,
    quality.is_learned,
    odds.odds_intercept,
    odds.odds_slope,
    odds.calibration_error
from quality
cross join odds
