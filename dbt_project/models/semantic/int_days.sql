-- The time spine of the semantic layer: every day from the first event to the day after as_of.
with bounds as (
    select
        cast(coalesce(min(events.occurred_at), max(as_of.as_of), timestamp '2000-01-01') as date) as first_day,
        cast(coalesce(max(as_of.as_of), timestamp '2000-01-01') as date) + 1 as last_day
    from {{ ref('recudf', 'stg_as_of') }} as as_of
    left join {{ ref('recudf', 'stg_interactions') }} as events on events.occurred_at is not null
)

select cast(day as date) as day
from (select {{ recudf.unnest(recudf.every_day('first_day', 'last_day')) }} as day from bounds) as days
