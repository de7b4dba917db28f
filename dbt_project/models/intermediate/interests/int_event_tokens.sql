-- What people do, for association rules: an event type with a topic, a category or an item. A topic or category is told
-- where it is a larger part of the user's events than of people's on average, and not a single event, so that somebody
-- who does a lot of everything has no more of them than others; of items, if they have a title, the latest rule_items.
-- Events that push away are left out.
with events as (
    select
        events.user_id,
        events.item_id,
        events.event_type,
        events.occurred_at
    from {{ ref('recudf', 'int_interactions_weighted') }} as events
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on events.user_id = users.user_id
    where events.weight > 0 and not users.is_bot
),

subjects as (
    select 'topic' as kind, topic_id as interest_id, source_id as item_id
    from {{ ref('recudf', 'int_topic_sources') }}
    where source_kind = 'item'
    union all
    select kind, interest_id, source_id as item_id
    from {{ ref('recudf', 'int_interest_sources') }}
    where source_kind = 'item' and kind = 'category'
    union all
    select 'item' as kind, 'item:' || item_id as interest_id, item_id
    from {{ ref('recudf', 'stg_items') }}
    where title is not null
),

counted as (
    select
        subjects.kind,
        events.user_id,
        events.event_type,
        subjects.interest_id,
        count(*) as events,
        min(events.occurred_at) as first_at,
        max(events.occurred_at) as last_at
    from events
    inner join subjects on events.item_id = subjects.item_id
    group by subjects.kind, events.user_id, events.event_type, subjects.interest_id
),

shares as (
    select
        *,
        events * 1e0 / sum(events) over (partition by kind, user_id) as share,
        row_number() over (
            partition by kind, user_id order by last_at desc nulls last, md5(user_id || interest_id || event_type)
        ) as newest
    from counted
),

people as (
    select count(distinct user_id) as people from events
),

average as (
    select
        event_type,
        interest_id,
        round(sum(share), 9) as summed_share
    from shares
    group by event_type, interest_id
)

select
    shares.kind,
    shares.user_id,
    shares.event_type,
    shares.interest_id,
    shares.event_type || ' ' || shares.interest_id as token,
    shares.events,
    shares.first_at,
    shares.last_at
from shares
inner join average on shares.event_type = average.event_type and shares.interest_id = average.interest_id
cross join people
where
    (shares.kind = 'item' and shares.newest <= {{ recudf.number('rule_items') }})
    or (
        shares.kind != 'item'
        and shares.events > 1
        and round(shares.share, 9) > round(average.summed_share / people.people, 9)
    )
