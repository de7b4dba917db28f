select
    parts.user_id,
    parts.item_id,
    parts.part,
    cast(parts.feature_value as float) as feature_value,
    cast(parts.weight as float) as weight,
    cast(parts.value as float) as value,
    parts.lead_kind,
    parts.lead_ref_id,
    {{ recudf.run_columns() }}
from ({{ recudf.parts_with_leads() }}) as parts
