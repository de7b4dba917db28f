-- What given groups did together: trimmed, once, at possible times, and only what this build may see.
with source as (
    {{ recudf.select_input('group_interactions') }}
)

select distinct
    {{ recudf.given_group_id('group_id') }} as group_id,
    item_id,
    coalesce(lower(event_type), 'interaction') as event_type,
    value,
    occurred_at
from source
where
    group_id is not null
    and item_id is not null
    and {{ recudf.has_possible_time('occurred_at') }}
    and {{ recudf.is_visible('occurred_at') }}
