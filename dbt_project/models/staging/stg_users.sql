-- Everybody who is listed, did something, wrote something or belongs to a group, one row per user_id.
with source as (
    {{ recudf.select_input('users') }}
),

listed as (
    select
        user_id,
        min(created_at) as created_at
    from source
    where user_id is not null and {{ recudf.is_visible('created_at') }}
    group by user_id
),

met as (
    select user_id from {{ ref('recudf', 'stg_interactions') }}
    union
    select user_id from {{ ref('recudf', 'stg_texts') }}
    union
    select user_id from {{ ref('recudf', 'stg_memberships') }}
    union
    select user_id from listed
)

select
    met.user_id,
    listed.created_at
from met
left join listed on met.user_id = listed.user_id
