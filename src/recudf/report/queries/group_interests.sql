select
    chosen.group_index as "group",
    interests.interest_index as interest,
    chosen.members,
    chosen.share,
    chosen.lift
from report_group_interests as chosen
inner join report_interests as interests on chosen.interest_id = interests.interest_id
order by chosen.group_index, chosen.rank
