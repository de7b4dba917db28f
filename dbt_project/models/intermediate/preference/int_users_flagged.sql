-- Users with the flag of bot-like behaviour: too many events in one minute or day to be a person's.
-- Midnight to the second stands for a time without hours and tells nothing about minutes.
with per_minute as (
    select
        user_id,
        date_trunc('minute', occurred_at) as minute,
        count(*) as events
    from {{ ref('stg_interactions') }}
    where occurred_at is not null and occurred_at != date_trunc('day', occurred_at)
    group by user_id, minute
),

per_day as (
    select
        user_id,
        date_trunc('day', occurred_at) as day,
        count(*) as events
    from {{ ref('stg_interactions') }}
    where occurred_at is not null
    group by user_id, day
),

bots as (
    select user_id from per_minute where events > {{ recudf.number('bot_events_per_minute') }}
    union
    select user_id from per_day where events > {{ recudf.number('bot_events_per_day') }}
)

select
    users.user_id,
    users.created_at,
    bots.user_id is not null as is_bot
from {{ ref('stg_users') }} as users
left join bots on users.user_id = bots.user_id
