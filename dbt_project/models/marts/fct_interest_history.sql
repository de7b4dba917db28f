-- Which topics and categories took a good part of a user's period, and whether they had come then or went after it.
with active as (
    select
        user_id,
        period,
        row_number() over (partition by user_id order by period) as number,
        count(*) over (partition by user_id) as periods
    from (select distinct user_id, period from {{ ref('recudf', 'int_dated_interests') }}) as seen
),

held as (
    select
        dated.user_id,
        dated.interest_id,
        dated.period,
        dated.events,
        dated.weight / dated.user_weight as share,
        active.number,
        active.periods
    from {{ ref('recudf', 'int_dated_interests') }} as dated
    inner join {{ ref('recudf', 'int_interests') }} as interests on dated.interest_id = interests.interest_id
    inner join active on dated.user_id = active.user_id and dated.period = active.period
    where
        interests.kind in ('topic', 'category')
        and dated.weight / dated.user_weight >= {{ recudf.number('history_min_share') }}
),

neighbouring as (
    select
        *,
        lag(number) over (partition by user_id, interest_id order by number) as earlier,
        lead(number) over (partition by user_id, interest_id order by number) as later
    from held
)

select
    neighbouring.user_id,
    neighbouring.interest_id,
    neighbouring.period,
    interests.kind,
    interests.name as interest,
    cast(neighbouring.events as bigint) as events,
    cast(neighbouring.share as float) as share,
    case when neighbouring.number > 1 then coalesce(neighbouring.earlier != neighbouring.number - 1, true) end as came,
    case
        when neighbouring.number < neighbouring.periods
            then coalesce(neighbouring.later != neighbouring.number + 1, true)
    end as went,
    {{ recudf.run_columns() }}
from neighbouring
inner join {{ ref('recudf', 'int_interests') }} as interests on neighbouring.interest_id = interests.interest_id
