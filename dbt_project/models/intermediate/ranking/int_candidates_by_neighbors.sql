-- Candidates by similar people: what the thirty users like who are nearest in the space of tastes, each worth its
-- cosine.
with points as {{ recudf.materialized() }} (
    select
        tastes.fold,
        vector_index(tastes.user_id, tastes.factors) as handle
    from {{ ref('recudf', 'int_user_factors') }} as tastes
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on tastes.user_id = users.user_id
    where not users.is_bot
    group by tastes.fold
),

tasted as (
    select
        users.fold,
        users.user_id,
        tastes.factors
    from {{ ref('recudf', 'int_ranking_users') }} as users
    inner join {{ ref('recudf', 'int_user_factors') }} as tastes
        on users.fold = tastes.fold and users.user_id = tastes.user_id
),

neighbors as {{ recudf.materialized() }} (
    select
        tasted.fold,
        tasted.user_id,
        {{ recudf.unnest_structs(
            'cosine_topk(tasted.factors, points.handle, 30, ' ~ recudf.array(['tasted.user_id']) ~ ')'
        ) }}
    from {{ recudf.spread('tasted', 'user_id') }}
    inner join points on tasted.fold = points.fold
),

summed as (
    select
        neighbors.fold,
        neighbors.user_id,
        likes.item_id,
        round(sum(cast(neighbors.score as double)), 6) as score
    from neighbors
    inner join {{ ref('recudf', 'int_ranking_pairs') }} as likes
        on neighbors.fold = likes.fold and neighbors.id = likes.user_id
    where likes.weight > 0 and likes.is_person and not likes.is_hidden and neighbors.score > 0
    group by neighbors.fold, neighbors.user_id, likes.item_id
)

{{ recudf.best_open('summed', 'neighbors') }}
