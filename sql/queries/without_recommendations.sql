-- Which users have no recommendations, or none of their own, and why?
with recommended as (
    select
        user_id,
        count(*) as recommendations,
        max(case when source = 'popular' then 1 else 0 end) as is_popular_only
    from recudf.fct_recommendations
    group by user_id
),

available as (
    select count(*) as items
    from recudf.dim_items
    where is_available
)

select
    users.user_id,
    users.events,
    users.texts,
    users.last_event_at,
    coalesce(recommended.recommendations, 0) as recommendations,
    case
        when available.items = 0 then 'no item may be recommended now'
        when recommended.user_id is null and users.items >= available.items then 'has met every item that may be recommended'
        when recommended.user_id is null then 'has met, or the blocklist holds, what may be recommended'
        when users.events + users.texts = 0 then 'did and wrote nothing: gets what is popular'
        when users.is_bot then 'bot-like, without a vector: gets what is popular'
        else 'what the user likes and dislikes leaves no direction, or has no text: gets what is popular'
    end as why
from recudf.dim_users as users
left join recommended on users.user_id = recommended.user_id
cross join available
where recommended.user_id is null or (recommended.is_popular_only = 1 and not users.has_vector)
order by users.events desc, users.user_id
