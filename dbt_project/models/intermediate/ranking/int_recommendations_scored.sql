-- What users get: the candidates of fold 0 by the scorer in use, the best unseen ones; with the vars diversity,
-- category_cap or exposure_weight chosen again.
with scored as (
    {{ recudf.learned_scores() }}
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
