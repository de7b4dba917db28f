-- What does a user care about: lately, all along, and beside it?
-- The user is the most active one; for another put the id in its place.
with asked as (
    select user_id
    from recudf.dim_users  -- or: where user_id = 'u0042'
    where not is_bot
    order by events desc, user_id
    limit 1
)

select
    interests.user_id,
    interests.layer,
    interests.granularity,
    interests.rank,
    interests.interest,
    interests.score,
    interests.lift,
    interests.emotion,
    interests.evidence_count,
    interests.first_seen,
    interests.last_seen
from recudf.fct_user_interests as interests
inner join asked on interests.user_id = asked.user_id
order by interests.layer, interests.granularity, interests.rank
