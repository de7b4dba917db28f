select
    users.user_index as "user",
    interests.layer,
    chosen.interest_index as interest,
    interests.score,
    interests.lift,
    interests.evidence_count,
    cast(interests.last_seen as date) as last_seen
from fct_user_interests as interests
inner join report_users as users on interests.user_id = users.user_id
inner join report_interests as chosen on interests.interest_id = chosen.interest_id
where interests.rank <= $interest_ranks
order by users.user_index, interests.layer, interests.granularity, interests.rank, interests.interest_id
