-- What people do more than others, for association rules: an event type with a topic, where it is a larger part of
-- the user's events than of people's on average, and not a single event. So somebody who does a lot of everything
-- has no more of them than others. Events that push away are none.
with counted as (
    select
        events.user_id,
        events.event_type,
        topics.topic_id as interest_id,
        count(*) as events,
        min(events.occurred_at) as first_at,
        max(events.occurred_at) as last_at
    from {{ ref('recudf', 'int_interactions_weighted') }} as events
    inner join {{ ref('recudf', 'int_topic_sources') }} as topics
        on events.item_id = topics.source_id and topics.source_kind = 'item'
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on events.user_id = users.user_id
    where events.weight > 0 and not users.is_bot
    group by events.user_id, events.event_type, topics.topic_id
),

shares as (
    select
        *,
        events * 1.0 / sum(events) over (partition by user_id) as share
    from counted
),

people as (
    select count(distinct user_id) as people from counted
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
where shares.events > 1 and round(shares.share, 9) > round(average.summed_share / people.people, 9)
