-- What users did: trimmed, once, at possible times, and only what this build may see.
with source as (
    {{ recudf.select_input('interactions') }}
)

select distinct
    user_id,
    item_id,
    coalesce(lower(event_type), 'interaction') as event_type,
    value,
    occurred_at,
    source
from source
where
    user_id is not null
    and item_id is not null
    and {{ recudf.has_possible_time('occurred_at') }}
    and {{ recudf.is_visible('occurred_at') }}
    and not {{ recudf.is_held_out('source.user_id', 'source.item_id') }}
