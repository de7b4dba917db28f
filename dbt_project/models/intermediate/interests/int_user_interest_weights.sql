-- User x interest: what the user's items and texts that stand for it weigh, with what they weigh altogether.
with totals as (
    select
        user_id,
        sum(events) as user_events,
        round(sum(greatest(deep_weight, 0)), 9) as user_weight,
        round(sum(greatest(recent_weight, 0)), 9) as user_recent_weight
    from {{ ref('recudf', 'int_user_sources') }}
    group by user_id
),

weights as (
    select
        users.user_id,
        interests.interest_id,
        round(sum(users.deep_weight), 9) as weight,
        round(sum(users.recent_weight), 9) as recent_weight,
        count(*) as sources,
        sum(users.events) as events,
        sum(users.recent_events) as recent_events,
        min(users.first_at) as first_at,
        max(users.last_at) as last_at
    from {{ ref('recudf', 'int_user_sources') }} as users
    inner join {{ ref('recudf', 'int_interest_sources') }} as interests
        on users.source_kind = interests.source_kind and users.source_id = interests.source_id
    group by users.user_id, interests.interest_id
)

select
    weights.*,
    totals.user_events,
    totals.user_weight,
    totals.user_recent_weight
from weights
inner join totals on weights.user_id = totals.user_id
-- from what a user turns away is no interest
where weights.weight > 0 and totals.user_weight > 0
