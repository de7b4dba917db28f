-- Moments that builds looked from, up to that of the groups shown; replays, which looked back, are none.
create temp table report_moments as
select
    cast(row_number() over (order by as_of) - 1 as integer) as moment_index,
    as_of,
    previous_as_of
from (
    select
        as_of,
        max(previous_as_of) as previous_as_of
    from fct_group_history
    where not is_replay and as_of <= (select max(as_of) from dim_groups)
    group by as_of
    order by as_of desc
    limit $periods
) as latest
