-- Interest x period: how many did something for it, where there are enough of them to be told of.
with counted as (
    select
        interest_id,
        period,
        count(*) as users,
        sum(events) as events,
        round(sum(weight), 6) as weight
    from {{ ref('recudf', 'int_dated_interests') }}
    group by interest_id, period
),

periods as (
    select
        period,
        count(*) as users
    from (select distinct period, user_id from {{ ref('recudf', 'int_dated_interests') }}) as active
    group by period
),

numbered as (
    select
        period,
        users,
        row_number() over (order by period) as number
    from periods
),

shares as (
    select
        counted.*,
        counted.users * 1e0 / periods.users as share_of_users,
        periods.number
    from counted
    inner join numbered as periods on counted.period = periods.period
)

select
    shares.interest_id,
    interests.granularity,
    interests.kind,
    interests.name as interest,
    shares.period,
    cast(shares.users as bigint) as users,
    cast(shares.events as bigint) as events,
    cast(shares.weight as float) as weight,
    cast(shares.share_of_users as float) as share_of_users,
    -- against the last period in which anybody did anything
    cast(case
        when shares.number > 1
            then
                shares.share_of_users
                - {{ recudf.told('coalesce(earlier.share_of_users, 0)', 'coalesce(earlier.users, 0)') }}
    end as float) as change,
    {{ recudf.run_columns() }}
from shares
inner join {{ ref('recudf', 'int_interests') }} as interests on shares.interest_id = interests.interest_id
left join shares as earlier on shares.interest_id = earlier.interest_id and shares.number = earlier.number + 1
where shares.users >= {{ recudf.min_cell_users() }}
