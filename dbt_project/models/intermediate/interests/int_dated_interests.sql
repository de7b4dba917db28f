-- User x interest x period: what the user did for it then. Words only where enough people hold them; what is undated
-- or pushes away is left out.
with kept as (
    select interest_id from {{ ref('recudf', 'int_interests') }} where kind != 'word'
    union all
    select interest_id
    from {{ ref('recudf', 'int_user_interests') }}
    where granularity = 'word'
    group by interest_id
    having count(distinct user_id) >= {{ recudf.min_people() }}
),

interests as (
    select
        sources.interest_id,
        sources.source_kind,
        sources.source_id
    from {{ ref('recudf', 'int_interest_sources') }} as sources
    inner join kept on sources.interest_id = kept.interest_id
),

events as (
    select
        user_id,
        'item' as source_kind,
        item_id as source_id,
        occurred_at,
        weight
    from {{ ref('recudf', 'int_interactions_weighted') }}
    union all
    select
        user_id,
        'text' as source_kind,
        text_hash as source_id,
        created_at as occurred_at,
        {{ recudf.number('text_weight') }} as weight
    from {{ ref('recudf', 'stg_texts') }}
),

periods as (
    select
        events.user_id,
        events.source_kind,
        events.source_id,
        {{ recudf.period('events.occurred_at') }} as period,
        count(*) as events,
        round(sum(events.weight), 9) as weight
    from events
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on events.user_id = users.user_id
    where not users.is_bot and events.occurred_at is not null and events.weight > 0
    group by events.user_id, events.source_kind, events.source_id, period
),

totals as (
    select
        user_id,
        period,
        round(sum(weight), 9) as weight
    from periods
    group by user_id, period
)

select
    periods.user_id,
    interests.interest_id,
    periods.period,
    cast(sum(periods.events) as bigint) as events,
    round(sum(periods.weight), 9) as weight,
    min(totals.weight) as user_weight
from periods
inner join interests
    on periods.source_kind = interests.source_kind and periods.source_id = interests.source_id
inner join totals on periods.user_id = totals.user_id and periods.period = totals.period
group by periods.user_id, interests.interest_id, periods.period
