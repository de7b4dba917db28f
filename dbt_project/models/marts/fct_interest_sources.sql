select
    sources.interest_id,
    sources.source_kind,
    sources.source_id,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_interest_sources') }} as sources
inner join {{ ref('recudf', 'int_interests') }} as interests on sources.interest_id = interests.interest_id
-- those of dim_interests, which a project may have switched off
where
    interests.kind != 'word'
    or interests.interest_id in (select interest_id from {{ ref('recudf', 'int_user_interests') }})
{%- if recudf.llm_is_on() %}
union all
select
    interest_id,
    source_kind,
    source_id,
    {{ recudf.run_columns() }}
from ({{ recudf.proposed_sources() }}) as proposed
{%- endif %}
