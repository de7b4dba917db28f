-- User x item or text: what it weighs over the whole history, and among the user's last events. Bot-like users have
-- no interests. An event's age counts from the user's last one: who has been away keeps what was liked, and `last_at`
-- tells since when. A text weighs negative where its item is disliked, or where it is clearly negative itself.
with events as (
    select
        user_id,
        'item' as source_kind,
        item_id as source_id,
        event_type,
        weight,
        occurred_at
    from {{ ref('recudf', 'int_interactions_weighted') }}
    union all
    select
        texts.user_id,
        'text' as source_kind,
        texts.text_hash as source_id,
        texts.kind as event_type,
        {{ recudf.number('text_weight') }}
        * case when history.weight < 0 or sentiments.polarity < -0.5 then -1 else 1 end as weight,
        texts.created_at as occurred_at
    from {{ ref('recudf', 'stg_texts') }} as texts
    left join {{ ref('recudf', 'int_user_items') }} as history
        on texts.user_id = history.user_id and texts.item_id = history.item_id
    left join {{ ref('recudf', 'int_text_sentiments') }} as sentiments on texts.text_hash = sentiments.text_hash
),

ranked as (
    select
        events.*,
        row_number() over (
            partition by events.user_id
            order by
                events.occurred_at desc nulls last, events.source_kind, events.source_id, events.event_type,
                events.weight
        ) as position,
        max(events.occurred_at) over (partition by events.user_id) as user_last_at
    from events
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on events.user_id = users.user_id
    where not users.is_bot and events.weight != 0
),

weighed as (
    select
        ranked.*,
        ranked.weight
        * {{ recudf.decay('ranked.occurred_at', 'deep_half_life_days', 'ranked.user_last_at') }} as deep_weight,
        coalesce(
            ranked.position <= {{ recudf.number('surface_events') }}
            and {{ recudf.microseconds('as_of.as_of') }} - {{ recudf.microseconds('ranked.occurred_at') }}
            <= 86400e6 * {{ recudf.number('surface_days') }}, false
        ) as is_recent
    from ranked
    cross join {{ ref('recudf', 'stg_as_of') }} as as_of
)

select
    user_id,
    source_kind,
    source_id,
    -- rounded, so that the order in which the events are added up does not show
    round(sum(deep_weight), 9) as deep_weight,
    round(coalesce(sum(weight) filter (where is_recent), 0), 9) as recent_weight,
    count(*) as events,
    count(*) filter (where is_recent) as recent_events,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from weighed
group by user_id, source_kind, source_id
