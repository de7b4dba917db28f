-- What a user's candidates are found by, once for each fold: the items and texts that are not hidden, with what they
-- weigh. recency halves with every ranking_half_life_events later ones. Of the folds but the first, some users only.
with users as (
    select fold, user_id from (
        select
            fold,
            user_id,
            row_number() over (partition by fold order by md5(user_id), user_id) as position
        from {{ ref('recudf', 'int_ranking_pairs') }}
        where is_ranked
        group by fold, user_id
    ) as numbered
    where fold = 0 or position <= {{ recudf.number('ranking_users') }}
),

items as (
    select
        pairs.fold,
        pairs.user_id,
        'item' as source_kind,
        pairs.item_id as source_id,
        pairs.item_id as ref_id,
        pairs.weight,
        pairs.last_at as happened_at
    from {{ ref('recudf', 'int_ranking_pairs') }} as pairs
    inner join users on pairs.fold = users.fold and pairs.user_id = users.user_id
    where not pairs.is_hidden
),

texts as (
    select
        users.fold,
        texts.user_id,
        'text' as source_kind,
        texts.text_hash as source_id,
        texts.text_id as ref_id,
        {{ recudf.number('text_weight') }} * case when pairs.weight < 0 then -1 else 1 end as weight,
        texts.created_at as happened_at
    from {{ ref('recudf', 'stg_texts') }} as texts
    inner join (
        select distinct fold from {{ ref('recudf', 'int_ranking_pairs') }}
        union
        select 0 as fold
    ) as folds on true
    inner join (
        select fold, user_id from users
        union
        select 0 as fold, user_id from {{ ref('recudf', 'int_users_flagged') }}
    ) as users on folds.fold = users.fold and texts.user_id = users.user_id
    left join {{ ref('recudf', 'int_ranking_pairs') }} as pairs
        on users.fold = pairs.fold and texts.user_id = pairs.user_id and texts.item_id = pairs.item_id
    left join {{ ref('recudf', 'int_ranking_folds') }} as moments on users.fold = moments.fold
    where
        -- what was written about a hidden item, or about one that came later still, is hidden with it
        (texts.item_id is null or users.fold = 0 or (pairs.item_id is not null and not pairs.is_hidden))
        and (moments.hides_from is null or texts.created_at is null or texts.created_at < moments.hides_from)
),

united as (
    select * from items
    union all
    select * from texts
)

select
    fold,
    user_id,
    source_kind,
    source_id,
    ref_id,
    cast(weight as double) as weight,
    pow(0.5, (
        row_number() over (
            partition by fold, user_id order by happened_at desc nulls last, source_kind, ref_id
        ) - 1
    ) / {{ recudf.number('ranking_half_life_events') }}) as recency
from united
where weight != 0
