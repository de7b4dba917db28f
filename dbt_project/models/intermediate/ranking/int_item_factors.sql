-- Items as points in the space of tastes that all histories span, fitted once for each fold: see factors_fit.
with liked as (
    {{ recudf.liked_lists() }}
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
