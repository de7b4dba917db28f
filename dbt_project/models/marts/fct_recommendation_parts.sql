{%- if recudf.ranking_is_learned() %}
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
{%- else %}
-- nothing is left here of a build with the other ranking
select
    users.user_id,
    cast(null as string) as item_id,
    cast(null as string) as part,
    cast(null as float) as feature_value,
    cast(null as float) as weight,
    cast(null as float) as value,
    cast(null as string) as lead_kind,
    cast(null as string) as lead_ref_id,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'stg_users') }} as users
where false
{%- endif %}
