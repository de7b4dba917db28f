-- What do people do together, more than by chance, and in which order?
select
    kind,
    antecedent_event_type,
    antecedent,
    consequent_event_type,
    consequent,
    users,
    support,
    confidence,
    lift,
    share_in_order
from recudf.fct_interest_rules
order by lift * support desc, interest_id
limit 50
