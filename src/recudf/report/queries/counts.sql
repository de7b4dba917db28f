select
    (select count(*) from dim_users) as users,
    (select count(*) from dim_items) as items,
    (select cast(coalesce(sum(events), 0) as bigint) from dim_users) as events,
    (select cast(coalesce(sum(texts), 0) as bigint) from dim_users) as texts,
    (select count(*) from dim_groups) as groups,
    (select count(*) from dim_interests) as interests,
    (select count(*) from fct_recommendations) as recommendations,
    (select min(first_event_at) from dim_users) as first_event_at,
    (select max(last_event_at) from dim_users) as last_event_at,
    (select coalesce(max(as_of), (select max(as_of) from dim_items)) from dim_users) as as_of
