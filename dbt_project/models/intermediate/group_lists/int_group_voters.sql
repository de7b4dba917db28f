-- The members whose preferences stand for a group: all, of a larger group as many as the var group_voters says, drawn
-- by a hash of their ids, so that the same stay from build to build.
with members as (
    select group_id, user_id, 'discovered' as kind
    from {{ ref('recudf', 'int_group_members') }}
    union all
    select group_id, user_id, 'given' as kind
    from {{ ref('recudf', 'stg_memberships') }}
),

drawn as (
    select
        *,
        row_number() over (partition by group_id order by md5(user_id), user_id) as position
    from members
)

select
    group_id,
    user_id,
    kind
from drawn
where position <= {{ recudf.number('group_voters') }}
