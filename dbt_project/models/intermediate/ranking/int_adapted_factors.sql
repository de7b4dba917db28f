-- Items that nobody liked yet in the space of tastes, by what their text means: see int_adapter.
with folds as (
    select distinct fold from {{ ref('recudf', 'int_adapter') }}
),

untold as (
    select
        folds.fold,
        vectors.item_id,
        vectors.vector
    from {{ ref('recudf', 'vec_items') }} as vectors
    cross join folds
    left join {{ ref('recudf', 'int_item_factors') }} as factors
        on folds.fold = factors.fold and vectors.item_id = factors.item_id
    where factors.item_id is null
)

select
    untold.fold,
    untold.item_id,
    {{ recudf.array_in_order(
        'cast(maps.intercept + ' ~ recudf.inner_product('untold.vector', 'maps.weights') ~ ' as float)',
        ['maps.output']
    ) }} as factors
from untold
inner join {{ ref('recudf', 'int_adapter') }} as maps on untold.fold = maps.fold
group by untold.fold, untold.item_id
