with events as (
    select
        item_id,
        count(*) as events,
        count(distinct user_id) as people,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from {{ ref('recudf', 'stg_interactions') }}
    group by item_id
),

texts as (
    select
        item_id,
        count(*) as texts,
        count(distinct user_id) as people
    from {{ ref('recudf', 'stg_texts') }}
    where item_id is not null
    group by item_id
),

cut as (
    select
        texts.item_id,
        embeddings.is_cut
    from {{ ref('recudf', 'int_item_texts') }} as texts
    inner join {{ ref('recudf', 'int_embeddings_in_use') }} as embeddings on texts.text_hash = embeddings.text_hash
)

select
    items.item_id,
    items.title,
    items.category,
    items.provider,
    items.published_at,
    cast({{ recudf.told('coalesce(events.events, 0)', 'coalesce(events.people, 0)') }} as bigint) as events,
    cast({{ recudf.told('popularity.users', 'popularity.users') }} as bigint) as users,
    cast({{ recudf.told('popularity.recent_popularity', 'popularity.users') }} as float) as recent_popularity,
    cast({{ recudf.told('coalesce(texts.texts, 0)', 'coalesce(texts.people, 0)') }} as bigint) as texts,
    {{ recudf.told('events.first_event_at', 'events.people') }} as first_event_at,
    {{ recudf.told('events.last_event_at', 'events.people') }} as last_event_at,
    coalesce(vectors.vector_source, 'none') as vector_source,
    coalesce(cut.is_cut, false) as is_text_cut,
    points.item_id is not null as is_available,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'stg_items') }} as items
inner join {{ ref('recudf', 'int_item_popularity') }} as popularity on items.item_id = popularity.item_id
left join events on items.item_id = events.item_id
left join texts on items.item_id = texts.item_id
left join cut on items.item_id = cut.item_id
left join {{ ref('recudf', 'vec_items') }} as vectors on items.item_id = vectors.item_id
left join {{ ref('recudf', 'int_item_points') }} as points on items.item_id = points.item_id
