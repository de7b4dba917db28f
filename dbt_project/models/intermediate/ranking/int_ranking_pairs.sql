-- User x item of the history, once for each fold. Fold 0 is what users get, with nothing hidden. The others hide a
-- part, which a scorer learns to find again: what was liked from a moment on (int_ranking_folds), or a quarter of what
-- each user liked, in fold n the n-th last one, or at random where ranking_split says so or nothing is dated. What came
-- after is left out.
with history as (
    select
        history.user_id,
        history.item_id,
        history.weight,
        history.is_seen,
        history.last_at,
        not users.is_bot as is_person
    from {{ ref('recudf', 'int_user_items') }} as history
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on history.user_id = users.user_id
),

liked as (
    select
        user_id,
        item_id,
        last_at,
        row_number() over (
            partition by user_id
            order by last_at desc nulls last, md5(user_id || '{{ '\x1f' }}' || item_id)
        ) as newest,
        count(*) over (partition by user_id) as items
    from history
    where weight > 0 and is_person
),

folds as (
    select * from {{ ref('recudf', 'int_ranking_folds') }}
),

placed as (
    select
        folds.fold,
        liked.user_id,
        liked.item_id,
        case
            when liked.last_at >= folds.hides_until then folds.fold - 1
            when liked.last_at >= folds.hides_from then folds.fold
            when folds.hides_from is not null then folds.fold + 1
            when {{ recudf.ranking_is_timed() }} then ceil(liked.newest / greatest(1, floor(liked.items / 4e0)))
            -- a quarter of all hashes begin below 4
            when md5({{ recudf.fold_seed() }} liked.user_id || '{{ '\x1f' }}' || liked.item_id) < '4' then folds.fold
            else folds.fold + 1
        end as place
    from liked
    cross join folds
    cross join (select max(last_at) as last_at from history) as dated
    where liked.items >= 4 * folds.fold or folds.hides_from is not null
),

judged as (
    select fold, user_id from placed group by fold, user_id having bool_or(place = fold) and bool_or(place > fold)
)

select
    0 as fold,
    user_id,
    item_id,
    weight,
    is_seen,
    last_at,
    is_person,
    false as is_hidden,
    true as is_ranked
from history
union all
select
    folds.fold,
    history.user_id,
    history.item_id,
    history.weight,
    history.is_seen,
    history.last_at,
    history.is_person,
    coalesce(placed.place = folds.fold and judged.user_id is not null, false) as is_hidden,
    judged.user_id is not null as is_ranked
from history
cross join folds
left join judged on folds.fold = judged.fold and history.user_id = judged.user_id
left join placed
    on folds.fold = placed.fold and history.user_id = placed.user_id and history.item_id = placed.item_id
where
    case
        when folds.hides_from is null
            then judged.user_id is null or placed.place is null or placed.place >= folds.fold
        else
            history.last_at is null
            or history.last_at < folds.hides_from
            or (placed.place = folds.fold and judged.user_id is not null)
    end
