-- Which groups of users are there, how large are they, and what sets them apart?
select
    group_id,
    name,
    size,
    cohesion,
    words
from recudf.dim_groups
order by size desc, group_id
