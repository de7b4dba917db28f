-- Items as points in the space of tastes that all histories span, fitted once for each fold: see factors_fit.
with liked as (
    select
        fold,
        {{ recudf.array_in_order('user_id', ['user_id', 'item_id']) }} as user_ids,
        {{ recudf.array_in_order('item_id', ['user_id', 'item_id']) }} as item_ids,
        {{ recudf.array_in_order('cast(1 as double)', ['user_id', 'item_id']) }} as weights
    from {{ ref('recudf', 'int_ranking_pairs') }}
    where weight > 0 and is_person and not is_hidden
    group by fold
),

fitted as (
    select
        fold,
        factors_fit(user_ids, item_ids, weights, {{ recudf.factors_params() }}) as factors
    from liked
)

select
    fold,
    {{ recudf.unnest_structs('factors') }}
from fitted
