-- Of users asked for, and of the most typical one of each group: the item of their own that is the reason for most of what
-- they are recommended.
create temp table report_what_if as
with asked as (
    select user_index, user_id
    from report_users
    where chosen = 'named'
    union
    select
        min(users.user_index) as user_index,
        arg_min(users.user_id, users.user_index) as user_id
    from report_users as users
    inner join fct_group_members as members on users.user_id = members.user_id
    inner join report_groups as groups on members.group_id = groups.group_id
    where users.chosen = 'typical'
    group by groups.group_index
),

reasons as (
    select
        asked.user_index,
        asked.user_id,
        recommendations.reason_ref_id as item_id,
        count(*) as recommendations,
        row_number() over (
            partition by asked.user_id order by count(*) desc, min(recommendations.rank), recommendations.reason_ref_id
        ) as position
    from asked
    inner join fct_recommendations as recommendations on asked.user_id = recommendations.user_id
    where recommendations.reason_kind = 'item' and recommendations.rank <= $ranks
    group by asked.user_index, asked.user_id, recommendations.reason_ref_id
)

select
    reasons.user_index,
    reasons.user_id,
    reasons.item_id,
    coalesce(items.title, reasons.item_id) as name,
    reasons.recommendations
from reasons
left join dim_items as items on reasons.item_id = items.item_id
where reasons.position = 1
order by reasons.user_index
limit $what_if
