-- Users in the page: those asked for, the five most typical of each group, and others by the digest of their ids, which is
-- a sample that stays the same from build to build.
create temp table report_users as
with typical as (
    select
        members.user_id,
        groups.group_index,
        row_number() over (
            partition by members.group_id order by members.similarity desc, members.user_id
        ) as position
    from fct_group_members as members
    inner join report_groups as groups on members.group_id = groups.group_id
),

candidates as (
    select
        users.user_id,
        typical.group_index,
        typical.position,
        case
            when list_contains($named, users.user_id) then 'named'
            when typical.position <= 5 then 'typical'
            else 'sample'
        end as chosen
    from dim_users as users
    left join typical on users.user_id = typical.user_id
),

ordered as (
    select
        user_id,
        chosen,
        row_number() over (
            order by
                chosen,
                case when chosen = 'typical' then position end,
                case when chosen = 'typical' then group_index end,
                md5(user_id),
                user_id
        ) as number
    from (
        select
            * exclude (chosen),
            cast(chosen as enum ('named', 'typical', 'sample')) as chosen
        from candidates
    ) as ranked
)

select
    cast(number - 1 as integer) as user_index,
    user_id,
    cast(chosen as varchar) as chosen
from ordered
where number <= $users + len($named)
