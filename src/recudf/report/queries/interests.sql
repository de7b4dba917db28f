select
    interests.name,
    interests.kind,
    interests.words,
    interests.parent_name,
    interests.users,
    interests.users_held,
    interests.population_share,
    chosen.is_common
from report_interests as chosen
inner join dim_interests as interests on chosen.interest_id = interests.interest_id
order by chosen.interest_index
