-- What each fold hides: with moments, what people liked from hides_from on, all that is later still being left out, so
-- that a fold is a moment of the past, as production is one of the present. Without (both NULL) a part of what each
-- user liked, see int_ranking_pairs. Moments are chosen by ranking_split, or where enough people came back in every
-- fold.
with history as (
    select
        items.user_id,
        items.item_id,
        items.last_at
    from {{ ref('recudf', 'int_user_items') }} as items
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on items.user_id = users.user_id
    where items.weight > 0 and not users.is_bot
),

numbered as (
    select
        last_at,
        row_number() over (order by last_at desc, user_id, item_id) as newest,
        count(*) over () as events
    from history
    where last_at is not null
),

folds (fold) as (
    values
    {%- for fold in range(1, recudf.ranking_folds() + 1) %}
    ({{ fold }}){{ ',' if not loop.last }}
    {%- endfor %}
),

-- each fold hides a tenth of all that is dated
moments as (
    select
        folds.fold,
        min(numbered.last_at) filter (where numbered.newest <= 0.1e0 * folds.fold * numbered.events) as hides_from,
        min(numbered.last_at) filter (where numbered.newest <= 0.1e0 * (folds.fold - 1) * numbered.events) as hides_until
    from folds
    cross join numbered
    group by folds.fold
),

returned as (
    select
        moments.fold,
        history.user_id
    from moments
    inner join history on moments.hides_until is null or history.last_at < moments.hides_until
    group by moments.fold, history.user_id
    having
        bool_or(history.last_at >= moments.hides_from)
        and bool_or(history.last_at < moments.hides_from or history.last_at is null)
),

counted as (
    select
        folds.fold,
        count(returned.user_id) as users
    from folds
    left join returned on folds.fold = returned.fold
    group by folds.fold
),

chosen as (
    select {{ recudf.ranking_is_cut() }} as is_cut from counted
)

select
    folds.fold,
    case when chosen.is_cut then moments.hides_from end as hides_from,
    case when chosen.is_cut then moments.hides_until end as hides_until,
    counted.users as users_back
from folds
inner join counted on folds.fold = counted.fold
cross join chosen
left join moments on folds.fold = moments.fold
