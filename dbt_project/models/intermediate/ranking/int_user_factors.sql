-- Users in the space of int_item_factors, by what they liked; people in no fit as well: see factors_of.
with indexes as {{ recudf.materialized() }} (
    select
        fold,
        vector_index(item_id, factors) as handle
    from {{ ref('recudf', 'int_item_factors') }}
    group by fold
),

liked as (
    select
        fold,
        user_id,
        {{ recudf.array_in_order('item_id', ['item_id']) }} as item_ids,
        {{ recudf.array_in_order('cast(1 as double)', ['item_id']) }} as weights
    from {{ ref('recudf', 'int_ranking_pairs') }}
    where weight > 0 and not is_hidden
    group by fold, user_id
),

placed as {{ recudf.materialized() }} (
    select
        liked.fold,
        liked.user_id,
        factors_of(liked.item_ids, liked.weights, indexes.handle, {{ recudf.factors_params() }}) as factors
    from {{ recudf.spread('liked', 'user_id') }}
    inner join indexes on liked.fold = indexes.fold
)

select * from placed where factors is not null
