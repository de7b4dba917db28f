-- Did recommendations work: how many were taken up, and by how many of the users who got them?
select
    recommended_at,
    source,
    is_replay,
    count(*) as recommendations,
    count(distinct user_id) as users,
    count(*) filter (where taken_at is not null) as taken_so_far,
    -- NULL until the time to take them up is over
    avg(cast(is_taken as integer)) as share_taken,
    avg(cast(is_taken as integer)) filter (where rank <= 3) as share_taken_of_the_first_three,
    count(distinct user_id) filter (where is_taken) / nullif(count(distinct user_id) filter (where is_taken is not null), 0)
        as share_of_users_who_took_one
from recudf.fct_recommendation_outcomes
group by recommended_at, source, is_replay
order by recommended_at desc, recommendations desc, source
