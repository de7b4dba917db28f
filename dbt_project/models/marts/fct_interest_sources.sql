select
    sources.interest_id,
    sources.source_kind,
    sources.source_id,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_interest_sources') }} as sources
inner join {{ ref('recudf', 'dim_interests') }} as interests on sources.interest_id = interests.interest_id
{%- if recudf.llm_is_on() %}
union all
select
    interest_id,
    source_kind,
    source_id,
    {{ recudf.run_columns() }}
from ({{ recudf.proposed_sources() }}) as proposed
{%- endif %}
