-- Which interests rise, and which fall: in the last three periods against the three before?
-- The last period may not be over; shares of the users who were active in it make up for that.
with periods as (
    select
        period,
        row_number() over (order by period desc) as age
    from (select distinct period from recudf.fct_interest_trends) as periods
),

shares as (
    select
        trends.interest_id,
        trends.interest,
        trends.kind,
        sum(case when periods.age <= 3 then trends.share_of_users else 0 end) / 3 as share_now,
        sum(case when periods.age > 3 then trends.share_of_users else 0 end) / 3 as share_before,
        cast(sum(case when periods.age <= 3 then trends.users else 0 end) as bigint) as users_now,
        cast(sum(case when periods.age > 3 then trends.users else 0 end) as bigint) as users_before
    from recudf.fct_interest_trends as trends
    inner join periods on trends.period = periods.period
    where periods.age <= 6 and trends.granularity = 'topic'
    group by trends.interest_id, trends.interest, trends.kind
)

select
    interest_id,
    interest,
    kind,
    share_now,
    share_before,
    share_now - share_before as change,
    users_now,
    users_before
from shares
where users_now + users_before >= 5
order by change desc, interest_id
