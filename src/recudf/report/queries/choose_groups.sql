-- Groups in the order in which the page numbers them: the largest first.
create temp table report_groups as
select
    cast(row_number() over (order by size desc, group_id) - 1 as integer) as group_index,
    group_id
from dim_groups
