-- What is not recommended to a group: what a given group did itself, what is blocked for any member of it; and what has
-- been seen by, or is blocked for, at least the share group_seen_share of those who stand for the group.
with closed as (
    select user_id, item_id
    from {{ ref('recudf', 'int_user_items') }}
    where is_seen
    union
    select user_id, item_id
    from {{ ref('recudf', 'int_items_blocked') }}
    where user_id is not null
),

voters as (
    select
        group_id,
        user_id,
        count(*) over (partition by group_id) as voters
    from {{ ref('recudf', 'int_group_voters') }}
)

select voters.group_id, closed.item_id
from voters
inner join closed on voters.user_id = closed.user_id
group by voters.group_id, closed.item_id
having count(*) >= {{ recudf.group_seen_share() }} * max(voters.voters)
union
select members.group_id, blocked.item_id
from {{ ref('recudf', 'stg_memberships') }} as members
inner join {{ ref('recudf', 'int_items_blocked') }} as blocked on members.user_id = blocked.user_id
union
select group_id, item_id
from {{ ref('recudf', 'int_group_items') }}
where is_seen
