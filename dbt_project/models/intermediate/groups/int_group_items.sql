-- Given group x item: the decayed weights of all events between them, and the type of the event that says most.
with scales as (
    select
        event_type,
        min(value) as lowest,
        max(value) as highest
    from {{ ref('recudf', 'stg_group_interactions') }}
    where value is not null
    group by event_type
),

weighted as (
    select
        events.group_id,
        events.item_id,
        events.event_type,
        types.is_seen,
        {{ recudf.event_weight() }} * {{ recudf.decay('events.occurred_at', 'half_life_days') }} as weight
    from {{ ref('recudf', 'stg_group_interactions') }} as events
    inner join {{ ref('recudf', 'stg_event_types') }} as types on events.event_type = types.event_type
    cross join {{ ref('recudf', 'stg_as_of') }} as as_of
    left join scales on events.event_type = scales.event_type
),

ranked as (
    select
        *,
        row_number() over (partition by group_id, item_id order by abs(weight) desc, event_type) as position
    from weighted
)

select
    group_id,
    item_id,
    round(sum(weight), 9) as weight,
    bool_or(is_seen) as is_seen,
    max(event_type) filter (where position = 1) as event_type
from ranked
group by group_id, item_id
