-- What users get: the candidates of fold 0 by the sum of weight x feature, the best unseen ones; with the vars diversity
-- or category_cap chosen to be less alike.
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
    where rank <= {{ recudf.diversified_from(recudf.ranked_depth()) }}
)

select
    user_id,
    item_id,
    rank,
    cast(score as float) as score
from {{ recudf.diversified_or_best('best', ['user_id'], recudf.ranked_depth()) }}
