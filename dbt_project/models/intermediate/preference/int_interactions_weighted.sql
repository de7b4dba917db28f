-- Each event with its weight: what its type means, times what its rating says, before decay.
-- A rating from the threshold up counts from 1/3-like small to 1, below it down to -1, on the scale that its
-- source and type were seen to use. One and the same value everywhere is no rating: it counts as a plain event.
with scales as (
    select
        source,
        event_type,
        min(value) as lowest,
        max(value) as highest
    from {{ ref('recudf', 'stg_interactions') }}
    where value is not null
    group by source, event_type
)

select
    events.user_id,
    events.item_id,
    events.event_type,
    events.value,
    events.occurred_at,
    types.is_seen,
    types.is_rated and scales.highest > scales.lowest and events.value is not null as is_rated,
    scales.highest as highest_value,
    {{ recudf.event_weight() }} as weight
from {{ ref('recudf', 'stg_interactions') }} as events
inner join {{ ref('recudf', 'stg_event_types') }} as types on events.event_type = types.event_type
left join scales
    on events.event_type = scales.event_type and events.source is not distinct from scales.source
