-- Whom candidates are found for, once for each fold, with what must not be among them: everybody in fold 0, and in the
-- others those whose history is looked at.
with users as (
    select distinct fold, user_id from {{ ref('recudf', 'int_ranking_history') }}
    union
    select 0 as fold, user_id from {{ ref('recudf', 'int_users_flagged') }}
),

seen as (
    select
        fold,
        user_id,
        {{ recudf.array_in_order('item_id', ['item_id']) }} as item_ids
    from ({{ recudf.not_recommended() }}) as pairs
    group by fold, user_id
)

select
    users.fold,
    users.user_id,
    seen.item_ids as seen_item_ids
from users
left join seen on users.fold = seen.fold and users.user_id = seen.user_id
