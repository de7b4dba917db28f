-- Whose interests faded: what took a good part of somebody's time again and again, and then no more?
-- Again and again: in three of the user's periods or more. No more: in none of the last three of them.
with active as (
    select
        user_id,
        period,
        row_number() over (partition by user_id order by period desc) as age
    from (select distinct user_id, period from recudf.fct_interest_history) as active
),

held as (
    select
        history.user_id,
        history.interest_id,
        history.interest,
        count(*) as periods,
        avg(history.share) as share_while_held,
        min(history.period) as first_period,
        max(history.period) as last_period,
        min(active.age) as periods_since
    from recudf.fct_interest_history as history
    inner join active on history.user_id = active.user_id and history.period = active.period
    group by history.user_id, history.interest_id, history.interest
)

select
    held.user_id,
    held.interest,
    held.periods,
    held.share_while_held,
    held.first_period,
    held.last_period,
    users.last_event_at,
    users.top_interests
from held
inner join recudf.dim_users as users on held.user_id = users.user_id
where held.periods >= 3 and held.periods_since > 3
order by held.periods desc, held.share_while_held desc, held.user_id, held.interest_id
