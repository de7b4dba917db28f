-- members at each moment, NULL where the group was not there
select
    groups.group_index as "group",
    list(history.size order by moments.moment_index) as sizes,
    list(history.users_joined order by moments.moment_index) as joined,
    list(history.users_left order by moments.moment_index) as gone
from report_groups as groups
cross join report_moments as moments
left join fct_group_history as history
    on groups.group_id = history.group_id and moments.as_of = history.as_of
group by groups.group_index
having count(history.size) > 0
order by groups.group_index
