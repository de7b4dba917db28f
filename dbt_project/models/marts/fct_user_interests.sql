select
    ranked.user_id,
    ranked.interest_id,
    ranked.layer,
    ranked.granularity,
    interests.kind,
    interests.name as interest,
    cast(ranked.position as integer) as rank,
    cast(ranked.score as float) as score,
    cast(ranked.lift as float) as lift,
    ranked.emotion,
    cast(ranked.events as bigint) as evidence_count,
    ranked.first_at as first_seen,
    ranked.last_at as last_seen,
    cast(null as string) as source_kind,
    cast(null as string) as source_id,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_user_interests') }} as ranked
inner join {{ ref('recudf', 'int_interests') }} as interests on ranked.interest_id = interests.interest_id
{%- if recudf.llm_is_on() %}
union all
select
    user_id,
    interest_id,
    layer,
    'proposed' as granularity,
    'proposed' as kind,
    interest,
    cast(row_number() over (partition by user_id, layer order by score desc, interest) as integer) as rank,
    cast(score as float) as score,
    cast(lift as float) as lift,
    cast(null as string) as emotion,
    events as evidence_count,
    first_at as first_seen,
    last_at as last_seen,
    source_kind,
    source_id,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_proposed_interests') }}
{%- endif %}
