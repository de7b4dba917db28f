-- The items by which each discovered group stands out from all users, best first: of those that at least
-- min_group_size members like. Every member counts the same.
with liked as (
    select
        members.group_id,
        history.item_id,
        history.weight / sum(history.weight) over (partition by history.user_id) as weight
    from {{ ref('recudf', 'int_group_members') }} as members
    inner join {{ ref('recudf', 'int_user_items') }} as history on members.user_id = history.user_id
    where history.weight > 0
),

counted as (
    select
        group_id as owner_id,
        item_id as key,
        count(*) as users,
        round(sum(weight), 9) as weight
    from liked
    group by group_id, item_id
),

ranked as (
    select
        *,
        row_number() over (partition by owner_id order by value desc, key) as position
    from ({{ recudf.distinctive('counted', ['users']) }}) as stands_out
    where users >= {{ recudf.number('min_group_size') }}
)

select
    owner_id as group_id,
    key as item_id,
    users,
    lift,
    value,
    position
from ranked
where position <= 10
