with names as (
    select interest_id, name from {{ ref('recudf', 'int_interests') }}
    union all
    select 'item:' || item_id as interest_id, title as name from {{ ref('recudf', 'stg_items') }}
)

select
    rules.interest_id,
    rules.kind,
    rules.antecedent_event_type,
    rules.antecedent_id,
    antecedents.name as antecedent,
    rules.consequent_event_type,
    rules.consequent_id,
    consequents.name as consequent,
    cast(rules.people as bigint) as users,
    cast(rules.support as float) as support,
    cast(rules.confidence as float) as confidence,
    cast(rules.lift as float) as lift,
    cast(rules.share_in_order as float) as share_in_order,
    rules.p_value,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_interest_rules') }} as rules
inner join names as antecedents on rules.antecedent_id = antecedents.interest_id
inner join names as consequents on rules.consequent_id = consequents.interest_id
