-- Which users stand between two groups, and may be reached by what is made for either?
select
    members.user_id,
    first_groups.name as first_group,
    members.similarity,
    second_groups.name as second_group,
    members.runner_up_similarity,
    members.similarity - members.runner_up_similarity as difference,
    users.events,
    users.top_interests
from recudf.fct_group_members as members
inner join recudf.dim_groups as first_groups on members.group_id = first_groups.group_id
inner join recudf.dim_groups as second_groups on members.runner_up_id = second_groups.group_id
inner join recudf.dim_users as users on members.user_id = users.user_id
where members.similarity - members.runner_up_similarity < 0.05
order by difference, members.user_id
