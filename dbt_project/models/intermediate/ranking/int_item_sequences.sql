-- "After this, that": of two items that people liked at most five places after each other, how often the one came after
-- the other, near places more, beside how often either is liked. Once for each fold. Undated likes have no place.
with liked as (
    select
        fold,
        user_id,
        item_id,
        row_number() over (
            partition by fold, user_id order by last_at, md5(user_id || '{{ '\x1f' }}' || item_id)
        ) as place
    from {{ ref('recudf', 'int_ranking_pairs') }}
    where weight > 0 and is_person and not is_hidden and last_at is not null
),

counted as (
    select
        fold,
        item_id,
        count(*) as users
    from liked
    group by fold, item_id
),

pairs as (
    select
        liked.fold,
        liked.item_id as source_id,
        following.item_id,
        round(sum(1e0 / (following.place - liked.place)), 9) as followed
    from liked
    inner join (
        select *, {{ recudf.unnest(recudf.array([1, 2, 3, 4, 5])) }} as ahead from liked
    ) as following
        on
            liked.fold = following.fold
            and liked.user_id = following.user_id
            and liked.place = following.place - following.ahead
    group by liked.fold, liked.item_id, following.item_id
),

weighted as (
    select
        pairs.fold,
        pairs.source_id,
        pairs.item_id,
        -- cosine of counts, drawn to nothing where they are few
        round(pairs.followed / (sqrt(a.users * b.users) + 5), 9) as weight
    from pairs
    inner join counted as a on pairs.fold = a.fold and pairs.source_id = a.item_id
    inner join counted as b on pairs.fold = b.fold and pairs.item_id = b.item_id
),

ranked as (
    select
        *,
        row_number() over (partition by fold, source_id order by weight desc, item_id) as position
    from weighted
)

select
    fold,
    source_id,
    item_id,
    weight
from ranked
where position <= 100
