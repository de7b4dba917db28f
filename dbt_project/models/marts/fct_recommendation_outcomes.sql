-- Whether users took up what had been recommended to them: a later event of positive weight with the item, within
-- `outcome_days`. Bot-like users apart, and what was recommended after the moment this build looks from.
with history as (
    select
        history.*,
        {{ recudf.microseconds('history.as_of') }} + 86400e6 * {{ recudf.number('outcome_days') }} as until,
        {{ recudf.microseconds('as_of.as_of') }} as seen_until
    from {{ ref('recudf', 'fct_recommendation_history') }} as history
    cross join {{ ref('recudf', 'stg_as_of') }} as as_of
    where
        history.as_of <= as_of.as_of
        and history.user_id not in (select user_id from {{ ref('recudf', 'int_users_flagged') }} where is_bot)
),

taken as (
    select
        history.user_id,
        history.item_id,
        history.as_of,
        min(events.occurred_at) as taken_at
    from history
    inner join {{ ref('recudf', 'int_interactions_weighted') }} as events
        on history.user_id = events.user_id and history.item_id = events.item_id
    where
        events.weight > 0
        and events.occurred_at > history.as_of
        and {{ recudf.microseconds('events.occurred_at') }} <= history.until
    group by history.user_id, history.item_id, history.as_of
)

select
    history.user_id,
    history.item_id,
    history.as_of as recommended_at,
    history.rank,
    history.source,
    history.reason_kind,
    history.is_replay,
    taken.taken_at,
    case when history.until <= history.seen_until then taken.taken_at is not null end as is_taken,
    {{ recudf.run_columns() }}
from history
left join taken
    on history.user_id = taken.user_id and history.item_id = taken.item_id and history.as_of = taken.as_of
