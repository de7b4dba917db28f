-- Candidates by friends, and by those whom somebody follows: what they like, what few of them like by little.
with ties as (
    select distinct
        users.fold,
        users.user_id,
        ties.other_user_id
    from {{ ref('recudf', 'stg_relations') }} as ties
    inner join {{ ref('recudf', 'int_ranking_users') }} as users on ties.user_id = users.user_id
    left join {{ ref('recudf', 'int_ranking_folds') }} as moments on users.fold = moments.fold
    where moments.hides_from is null or ties.occurred_at is null or ties.occurred_at < moments.hides_from
),

likes as (
    select
        fold,
        user_id,
        item_id,
        1 / sqrt(count(*) over (partition by fold, user_id)) as weight
    from {{ ref('recudf', 'int_ranking_pairs') }}
    where weight > 0 and is_person and not is_hidden
),

summed as (
    select
        ties.fold,
        ties.user_id,
        likes.item_id,
        round(sum(likes.weight), 6) as score
    from ties
    inner join likes on ties.fold = likes.fold and ties.other_user_id = likes.user_id
    group by ties.fold, ties.user_id, likes.item_id
)

{{ recudf.best_open('summed', 'friends') }}
