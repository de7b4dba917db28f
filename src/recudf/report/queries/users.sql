select
    users.user_id,
    groups.group_index as "group",
    users.events,
    users.items,
    users.texts,
    cast(users.first_event_at as date) as first_event_at,
    cast(users.last_event_at as date) as last_event_at,
    users.top_interests,
    users.is_bot,
    users.has_vector,
    chosen.chosen
from report_users as chosen
inner join dim_users as users on chosen.user_id = users.user_id
left join report_groups as groups on users.group_id = groups.group_id
order by chosen.user_index
