-- Users with the flag of bot-like behaviour: too many events in one minute or day to be a person's.
-- Midnight to the second stands for a time without hours and tells nothing about minutes. Ratings count by the
-- minute alone, as people rate whole shelves in one go.
with per_minute as (
    select
        user_id,
        date_trunc('minute', occurred_at) as minute,
        count(*) as events
    from {{ ref('recudf', 'stg_interactions') }}
    where occurred_at is not null and occurred_at != date_trunc('day', occurred_at)
    group by user_id, minute
),

per_day as (
    select
        events.user_id,
        date_trunc('day', events.occurred_at) as day,
        count(*) as events
    from {{ ref('recudf', 'stg_interactions') }} as events
    inner join {{ ref('recudf', 'stg_event_types') }} as types on events.event_type = types.event_type
    where events.occurred_at is not null and not types.is_rated
    group by events.user_id, day
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
from {{ ref('recudf', 'stg_users') }} as users
left join bots on users.user_id = bots.user_id
