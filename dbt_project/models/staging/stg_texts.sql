-- What users wrote: trimmed, once, at possible times, and only what this build may see.
with source as (
    {{ recudf.select_input('texts') }}
),

visible as (
    select
        user_id,
        item_id,
        text,
        coalesce(lower(kind), case when item_id is null then 'text' else 'review' end) as kind,
        created_at,
        source,
        {{ recudf.sha256('text') }} as text_hash,
        text_id
    from source
    where
        user_id is not null
        and text is not null
        and {{ recudf.has_possible_time('created_at') }}
        and {{ recudf.is_visible('created_at') }}
        and not {{ recudf.is_held_out('source.user_id', 'source.item_id') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by user_id, item_id, kind, created_at, text_hash
            order by text_id nulls last, source nulls last
        ) as position
    from visible
),

named as (
    select
        *,
        -- a text without an id of its own, or with one that others have too, is named by its content
        case
            when text_id is not null and count(*) over (partition by text_id) = 1 then text_id
            else md5({{ recudf.json_array(['user_id', 'item_id', 'kind', 'cast(created_at as string)', 'text_hash']) }})
        end as unique_id
    from ranked
    where position = 1
)

select
    unique_id as text_id,
    user_id,
    item_id,
    kind,
    text,
    text_hash,
    created_at,
    source
from named
