-- The k best items of every group by every strategy that the var group_strategies names. Equal scores: the larger
-- average over the members, then the id. With the vars diversity, category_cap or exposure_weight chosen again, the
-- fair list aside.
{%- set k = recudf.number('recommendations_per_group') %}
{%- set strategies = recudf.group_strategies() %}

with scores as (
    {{ recudf.group_scores_by_strategy(strategies) }}
),

ranked as (
    select
        *,
        cast(row_number() over (
            partition by group_id, strategy order by score desc, average desc, item_id
        ) as integer) as rank
    from scores
),

best as (
    select group_id, strategy, item_id, rank, score
    from ranked
    where rank <= {{ recudf.reranked_from(k) }}
)

select
    group_id,
    strategy,
    item_id,
    rank,
    cast(score as float) as score
from {{ recudf.reranked_or_best('best', ['group_id', 'strategy'], k) }}
{{ recudf.fair_lists(strategies, k) }}
