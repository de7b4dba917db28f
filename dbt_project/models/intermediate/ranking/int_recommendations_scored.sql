-- What users get: the candidates of fold 0 by the scorer in use, the best unseen ones; with the vars diversity,
-- category_cap or exposure_weight chosen again. probability: see int_ranker_choice.
with scored as (
    {{ recudf.learned_scores() }}
),

standing as (
    select
        user_id,
        avg(score) as mean,
        nullif(round(stddev_pop(score), 9), 0) as deviation
    from scored
    group by user_id
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
),

chosen as (
    select
        user_id,
        item_id,
        rank,
        cast(score as float) as score
    from {{ recudf.reranked_or_best('best', ['user_id'], recudf.ranked_depth()) }}
),

odds as (
    select
        odds_intercept as intercept,
        odds_slope as slope
    from {{ ref('recudf', 'int_ranker_choice') }}
)

select
    chosen.user_id,
    chosen.item_id,
    chosen.rank,
    chosen.score,
    round(1 / (1 + exp(
        -odds.intercept - odds.slope * coalesce((chosen.score - standing.mean) / standing.deviation, 0)
    )), 6) as probability
from chosen
inner join standing on chosen.user_id = standing.user_id
cross join odds
