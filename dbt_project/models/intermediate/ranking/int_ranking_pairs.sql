-- User x item of the history, once for each fold. Fold 0 is what users get, with nothing hidden. The others hide a
-- part, which a scorer learns to find again (int_ranking_places), and leave out what came after.
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

folds as (
    select * from {{ ref('recudf', 'int_ranking_folds') }}
),

placed as (
    select * from {{ ref('recudf', 'int_ranking_places') }}
),

judged as (
    select
        fold,
        user_id,
        bool_or(is_short) as is_short
    from placed
    group by fold, user_id
    having bool_or(place = fold) and (bool_or(place > fold) or bool_or(is_short))
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
        when judged.is_short and placed.place is null then false
        when folds.hides_from is null
            then judged.user_id is null or placed.place is null or placed.place >= folds.fold
        else
            history.last_at is null
            or history.last_at < folds.hides_from
            or (placed.place = folds.fold and judged.user_id is not null)
    end
