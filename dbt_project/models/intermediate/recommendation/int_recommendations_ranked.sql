-- For every user the k best unseen items by content weight x cosine + popularity weight x recent popularity.
with candidates as materialized (
    select vector_index(item_id, point) as handle
    from {{ ref('recudf', 'int_item_points') }}
),

-- a user without history gets what is popular, whatever its weight
queries as (
    select
        user_id,
        content_weight,
        seen_item_ids,
        {{ recudf.blended_popularity_weight() }} as popularity_weight,
        {{ recudf.blend_point() }} as point
    from {{ ref('recudf', 'int_user_points') }}
),

ranked as (
    select
        queries.user_id,
        queries.popularity_weight,
        sqrt(3 * list_inner_product(cast(queries.point as double[]), cast(queries.point as double[]))) as length,
        unnest(
            cosine_topk(
                queries.point, candidates.handle, {{ recudf.number('recommendations_per_user') }}, queries.seen_item_ids
            ),
            recursive := true
        )
    from queries
    cross join candidates
)

select
    user_id,
    id as item_id,
    rank,
    cast(score * length as float) as score,
    popularity_weight
from ranked
