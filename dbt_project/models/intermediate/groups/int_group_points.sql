-- Users as points to be grouped: their vectors without what all users share, so that groups differ in what sets
-- users apart. Bot-like users are left out.
with users as (
    select
        vec_users.user_id,
        vec_users.vector,
        vec_users.fingerprint
    from {{ ref('recudf', 'vec_users') }} as vec_users
    inner join {{ ref('recudf', 'int_users_flagged') }} as flagged on vec_users.user_id = flagged.user_id
    where not flagged.is_bot
),

center as {{ recudf.materialized() }} (
    {{ recudf.center('users', 'user_id') }}
),

centered as {{ recudf.materialized() }} (
    select
        users.user_id,
        {{ recudf.centered('users.vector', 'center.vector', 'center.texts') }} as vector,
        users.fingerprint
    from users
    cross join center
)

select
    user_id,
    vector,
    fingerprint
from centered
where vector is not null
