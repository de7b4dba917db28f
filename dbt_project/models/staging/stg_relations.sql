-- Who knows or follows whom: trimmed, once, at possible times, and only what this build may see. Nobody knows
-- themselves. Without the var as_of also ties that are later than the latest event.
with source as (
    {{ recudf.select_input('relations') }}
),

visible as (
    select
        user_id,
        other_user_id,
        coalesce(lower(kind), 'friend') as kind,
        occurred_at
    from source
    where
        user_id is not null
        and other_user_id is not null
        and user_id != other_user_id
        and {{ recudf.has_possible_time('occurred_at') }}
        and (not (select is_replay from {{ ref('recudf', 'stg_as_of') }}) or {{ recudf.is_visible('occurred_at') }})
),

directed as (
    select user_id, other_user_id, kind, occurred_at
    from visible
    union all
    select other_user_id as user_id, user_id as other_user_id, kind, occurred_at
    from visible
    where kind = 'friend'
)

select
    user_id,
    other_user_id,
    kind,
    min(occurred_at) as occurred_at
from directed
group by user_id, other_user_id, kind
