-- Interests in the page: those that most users hold, and whatever its groups, users and items have.
create temp table report_interests as
with common as (
    select interest_id
    from dim_interests
    where granularity = 'topic'
    order by users_held desc, interest_id
    limit $interests
),

wanted as (
    select interest_id from common
    union
    select interest_id from report_group_interests
    union
    select interests.interest_id
    from fct_user_interests as interests
    inner join report_users as users on interests.user_id = users.user_id
    where interests.rank <= $interest_ranks
    union
    select interest_id from report_item_interests
)

select
    cast(row_number() over (order by interests.users_held desc, interests.interest_id) - 1 as integer) as interest_index,
    interests.interest_id,
    common.interest_id is not null as is_common
from dim_interests as interests
inner join wanted on interests.interest_id = wanted.interest_id
left join common on interests.interest_id = common.interest_id
