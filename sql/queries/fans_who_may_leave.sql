-- Who likes X and is likely to leave: has a strong interest in it, but did nothing lately?
-- X is the interest that most users hold; for another put its name in its place, and for lately other days.
with asked as (
    select interest_id
    from recudf.dim_interests
    where granularity = 'topic' and kind in ('topic', 'category')  -- or: where name = 'tents'
    order by users_held desc, interest_id
    limit 1
),

silent as (
    select *
    from recudf.dim_users
    where not is_bot and last_event_at < as_of - interval 90 days
)

select
    silent.user_id,
    interests.interest,
    interests.score as share_of_what_they_like,
    interests.lift,
    interests.evidence_count,
    interests.last_seen as interest_last_seen,
    silent.last_event_at,
    silent.events,
    silent.top_interests
from silent
inner join recudf.fct_user_interests as interests on silent.user_id = interests.user_id and interests.layer = 'deep'
inner join asked on interests.interest_id = asked.interest_id
where interests.last_seen < silent.as_of - interval 90 days  -- nothing written of it lately, either
order by silent.events desc, interests.score desc, silent.user_id
