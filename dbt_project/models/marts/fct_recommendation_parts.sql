select
    parts.user_id,
    parts.item_id,
    parts.part,
    cast(parts.feature_value as float) as feature_value,
    cast(parts.weight as float) as weight,
    cast(parts.value as float) as value,
    leads.kind as lead_kind,
    leads.ref_id as lead_ref_id,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_recommendation_parts') }} as parts
left join {{ ref('recudf', 'int_recommendation_leads') }} as leads
    on parts.user_id = leads.user_id and parts.item_id = leads.item_id and parts.part = leads.part
