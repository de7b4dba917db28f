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
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_user_interests') }} as ranked
inner join {{ ref('recudf', 'int_interests') }} as interests on ranked.interest_id = interests.interest_id
