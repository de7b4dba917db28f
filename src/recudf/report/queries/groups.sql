select
    groups.group_id,
    groups.name,
    groups.summary,
    groups.words,
    groups.size,
    groups.cohesion
from dim_groups as groups
inner join report_groups as numbered on groups.group_id = numbered.group_id
order by numbered.group_index
