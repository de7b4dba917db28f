-- What an item of the history adds to another's score, as a linear model of all histories, fitted once for each fold,
-- with the items' vectors beside the histories: see item_weights_fit.
with vectors as {{ recudf.materialized() }} (
    {{ recudf.index_of(ref('recudf', 'vec_items'), 'item_id', {'handle': 'vector'}) }}
),

liked as (
    {{ recudf.liked_lists() }}
),

fitted as (
    select
        liked.fold,
        item_weights_fit(
            liked.user_ids, liked.item_ids, liked.weights, vectors.handle, {{ recudf.item_weights_params() }}
        ) as weights
    from liked
    cross join vectors
    cross join (select count(*) as items from {{ ref('recudf', 'stg_items') }}) as catalogue
)

select
    fold,
    {{ recudf.unnest_structs('weights') }}
from fitted
