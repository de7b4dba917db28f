-- Items, one row per item_id. In a replay an item that was published later does not exist yet.
with source as (
    {{ recudf.select_input('items') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by item_id
            order by
                published_at desc nulls last, title nulls last, description nulls last, category nulls last,
                provider nulls last, available_from nulls last, available_until nulls last
        ) as position
    from source
    where
        item_id is not null
        and (not (select is_replay from {{ ref('recudf', 'stg_as_of') }}) or {{ recudf.is_visible('published_at') }})
)

select
    item_id,
    title,
    description,
    category,
    published_at,
    available_from,
    available_until,
    provider
from ranked
where position = 1
