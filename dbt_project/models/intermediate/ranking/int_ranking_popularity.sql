-- How popular each item is, as in int_item_popularity, once for each fold, without what the fold hides. The decay
-- counts from the latest event: from which moment does not matter, as the most popular item has 1.
with counted as (
    select
        pairs.fold,
        pairs.item_id,
        count(*) as users,
        round(sum({{ recudf.decay('pairs.last_at', 'popularity_half_life_days') }}), 9) as recent_users
    from {{ ref('recudf', 'int_ranking_pairs') }} as pairs
    cross join {{ ref('recudf', 'stg_as_of') }} as as_of
    where pairs.weight > 0 and pairs.is_person and not pairs.is_hidden
    group by pairs.fold, pairs.item_id
),

folds as (
    select distinct fold from {{ ref('recudf', 'int_ranking_pairs') }}
),

every_item as (
    select
        folds.fold,
        items.item_id,
        coalesce(counted.users, 0) as users,
        coalesce(counted.recent_users, 0) as recent_users
    from {{ ref('recudf', 'int_item_points') }} as items
    cross join folds
    left join counted on folds.fold = counted.fold and items.item_id = counted.item_id
),

scaled as (
    select
        *,
        coalesce(ln(1 + users) / nullif(ln(1 + max(users) over (partition by fold)), 0), 0) as popularity,
        coalesce(
            ln(1 + recent_users) / nullif(ln(1 + max(recent_users) over (partition by fold)), 0), 0
        ) as recent_popularity
    from every_item
)

select
    fold,
    item_id,
    users,
    popularity,
    recent_popularity,
    {{ recudf.array([
        'cast(recent_popularity as float)',
        'cast(sqrt(1 - pow(recent_popularity, 2)) as float)'
    ]) }} as point
from scaled
