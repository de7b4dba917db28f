select cast(period as date) as period
from (
    select distinct period
    from fct_interest_trends
    order by period desc
    limit $periods
) as latest
order by period
