with users as (
    select
        count(*) as users,
        count(*) filter (where is_bot) as bots,
        count(*) filter (where not has_vector) as without_vector,
        count(*) filter (where events > 0 and last_event_at is null) as undated
    from dim_users
),

items as (
    select
        count(*) as items,
        count(*) filter (where title is null) as without_title,
        count(*) filter (where category is null) as without_category,
        count(*) filter (where vector_source = 'none') as without_vector,
        count(*) filter (where vector_source = 'texts about it') as by_reviews,
        count(*) filter (where is_text_cut) as cut,
        count(*) filter (where users = 0) as liked_by_nobody,
        count(*) filter (where not is_available) as unavailable
    from dim_items
),

latest as (
    select *
    from fct_runs
    order by started_at desc, run_id desc
    limit 1
),

flags as (
    select unnest([
        {'flag': 'bots', 'number': bots, 'of_all': users},
        {'flag': 'users_without_vector', 'number': without_vector, 'of_all': users},
        {'flag': 'users_undated', 'number': undated, 'of_all': users}
    ]) as flag
    from users
    union all
    select unnest([
        {'flag': 'items_without_title', 'number': without_title, 'of_all': items},
        {'flag': 'items_without_category', 'number': without_category, 'of_all': items},
        {'flag': 'items_by_reviews', 'number': by_reviews, 'of_all': items},
        {'flag': 'items_without_vector', 'number': without_vector, 'of_all': items},
        {'flag': 'items_cut', 'number': cut, 'of_all': items},
        {'flag': 'items_liked_by_nobody', 'number': liked_by_nobody, 'of_all': items},
        {'flag': 'items_unavailable', 'number': unavailable, 'of_all': items}
    ])
    from items
    union all
    select unnest([
        {'flag': 'events_dropped', 'number': interactions_read - interactions, 'of_all': interactions_read},
        {'flag': 'texts_dropped', 'number': texts_read - texts, 'of_all': texts_read}
    ])
    from latest
)

select unnest(flag)
from flags
