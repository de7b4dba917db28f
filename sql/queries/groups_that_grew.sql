-- Which groups grew since the build before, who came and went, and what do they like more than others?
select
    group_id,
    name,
    size,
    users_joined,
    users_left,
    growth,
    likes,
    previous_as_of
from recudf.fct_group_segments
where growth > 0
order by growth desc, group_id
