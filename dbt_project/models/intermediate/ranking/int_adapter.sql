-- From what an item's text means to its place in the space of tastes: a linear map, fitted once for each fold on the
-- items that people liked; none where it explains nothing of those that it was not fitted on. See adapter_fit.
with known as (
    select
        factors.fold,
        {{ recudf.array_in_order('vectors.vector', ['factors.item_id']) }} as vectors,
        {{ recudf.array_in_order('factors.factors', ['factors.item_id']) }} as targets
    from {{ ref('recudf', 'int_item_factors') }} as factors
    inner join {{ ref('recudf', 'vec_items') }} as vectors on factors.item_id = vectors.item_id
    group by factors.fold
),

fitted as (
    select
        fold,
        adapter_fit(vectors, targets) as fits
    from known
)

select
    fold,
    {{ recudf.unnest_structs('fits') }}
from fitted
