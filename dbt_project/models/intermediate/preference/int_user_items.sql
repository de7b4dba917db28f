-- User x item: the decayed weights of all events between them, and the event that says most.
with decayed as (
    select
        events.*,
        events.weight * {{ recudf.decay('events.occurred_at', 'half_life_days') }} as decayed_weight
    from {{ ref('recudf', 'int_interactions_weighted') }} as events
    cross join {{ ref('recudf', 'stg_as_of') }} as as_of
),

ranked as (
    select
        *,
        row_number() over (
            partition by user_id, item_id
            order by
                abs(decayed_weight) desc, occurred_at desc nulls last, event_type, value nulls last,
                is_rated desc, highest_value nulls last
        ) as position
    from decayed
)

select
    user_id,
    item_id,
    -- rounded, so that the order in which the events are added up does not show
    round(sum(decayed_weight), 9) as weight,
    count(*) as events,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    bool_or(is_seen) as is_seen,
    max(event_type) filter (where position = 1) as event_type,
    max(value) filter (where position = 1 and is_rated) as rated_value,
    max(highest_value) filter (where position = 1 and is_rated) as highest_value
from ranked
group by user_id, item_id
