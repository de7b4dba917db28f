-- What more members of a group care about than others do: topics and categories of the deep layer, the largest share x ln(lift)
-- first, from two in a hundred members on.
create temp table report_group_interests as
with holders as (
    select
        groups.group_index,
        interests.interest_id,
        count(*) as members
    from fct_user_interests as interests
    inner join fct_group_members as members on interests.user_id = members.user_id
    inner join report_groups as groups on members.group_id = groups.group_id
    where interests.layer = 'deep' and interests.granularity = 'topic'
    group by groups.group_index, interests.interest_id
),

sizes as (
    select
        groups.group_index,
        count(*) as size
    from fct_group_members as members
    inner join report_groups as groups on members.group_id = groups.group_id
    group by groups.group_index
),

shares as (
    select
        holders.group_index,
        holders.interest_id,
        holders.members,
        holders.members / sizes.size as share,
        sum(holders.members) over (partition by holders.interest_id) / (select sum(size) from sizes) as share_of_all
    from holders
    inner join sizes on holders.group_index = sizes.group_index
),

ranked as (
    select
        group_index,
        interest_id,
        members,
        share,
        share / share_of_all as lift,
        row_number() over (
            partition by group_index order by share * ln(share / share_of_all) desc, interest_id
        ) as rank
    from shares
    where share > share_of_all and share >= 0.02
)

select *
from ranked
where rank <= 8
