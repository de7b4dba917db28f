-- User x weekday or hour: which part of the user's dated events it has. Midnight to the second stands for a time
-- without hours. weekday: 0 is Monday, since 1970 began on a Thursday; what is added keeps days before it positive.
-- hour: UTC.
with events as (
    select
        user_id,
        {{ recudf.microseconds('occurred_at') }} as microseconds
    from {{ ref('recudf', 'stg_interactions') }}
    where occurred_at is not null
),

placed as (
    select
        user_id,
        'weekday' as unit,
        cast((cast(floor(microseconds / 86400e6) as bigint) + 700003) % 7 as integer) as place
    from events
    union all
    select
        user_id,
        'hour' as unit,
        cast((cast(floor(microseconds / 3600e6) as bigint) + 24000000) % 24 as integer) as place
    from events
    where microseconds % cast(86400000000 as bigint) != 0
)

select
    user_id,
    unit,
    place,
    count(*) * 1e0 / sum(count(*)) over (partition by user_id, unit) as share
from placed
group by user_id, unit, place
