-- users active in a period who did something for an interest; nobody where there is no row
with periods as (
    select
        period,
        row_number() over (order by period) as number
    from (
        select distinct period
        from fct_interest_trends
        order by period desc
        limit $periods
    ) as latest
),

wanted as (
    select
        interest_index,
        interest_id
    from report_interests
    where is_common or interest_id in (select interest_id from report_group_interests)
)

select
    wanted.interest_index as interest,
    list(coalesce(trends.share_of_users, 0) order by periods.number) as shares,
    list(coalesce(trends.users, 0) order by periods.number) as users
from wanted
cross join periods
left join fct_interest_trends as trends
    on wanted.interest_id = trends.interest_id and periods.period = trends.period
group by wanted.interest_index
having count(trends.interest_id) > 0
order by wanted.interest_index
