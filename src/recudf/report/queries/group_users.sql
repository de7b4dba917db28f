-- the most typical members
select
    group_index as "group",
    user_index as "user",
    similarity
from (
    select
        groups.group_index,
        users.user_index,
        members.similarity,
        row_number() over (
            partition by groups.group_index order by members.similarity desc, members.user_id
        ) as position
    from fct_group_members as members
    inner join report_groups as groups on members.group_id = groups.group_id
    inner join report_users as users on members.user_id = users.user_id
) as ranked
where position <= 5
order by group_index, position
