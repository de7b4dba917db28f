with events as (
    select
        user_id,
        count(*) as events,
        count(distinct item_id) as items,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from {{ ref('recudf', 'stg_interactions') }}
    group by user_id
),

texts as (
    select
        user_id,
        count(*) as texts
    from {{ ref('recudf', 'stg_texts') }}
    group by user_id
),

interests as (
    select
        user_id,
        {{ recudf.joined_in_order('name', 'position', '; ') }} as top_interests
    from {{ ref('recudf', 'int_user_top_interests') }}
    where position <= 5
    group by user_id
)

select
    users.user_id,
    users.created_at,
    cast(coalesce(events.events, 0) as bigint) as events,
    cast(coalesce(events.items, 0) as bigint) as items,
    cast(coalesce(texts.texts, 0) as bigint) as texts,
    events.first_event_at,
    events.last_event_at,
    interests.top_interests,
    members.group_id,
    users.is_bot,
    vectors.user_id is not null as has_vector,
    cast(coalesce(vectors.strength, 0) as float) as strength,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_users_flagged') }} as users
left join events on users.user_id = events.user_id
left join texts on users.user_id = texts.user_id
left join interests on users.user_id = interests.user_id
left join {{ ref('recudf', 'int_group_members') }} as members on users.user_id = members.user_id
left join {{ ref('recudf', 'vec_users') }} as vectors on users.user_id = vectors.user_id
