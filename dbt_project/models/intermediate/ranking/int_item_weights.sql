-- What an item of the history adds to another's score, as a linear model of all histories, fitted once for each fold,
-- with the items' vectors beside the histories: see item_weights_fit.
with vectors as {{ recudf.materialized() }} (
    {{ recudf.index_of(ref('recudf', 'vec_items'), 'item_id', {'handle': 'vector'}) }}
),

liked as (
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
