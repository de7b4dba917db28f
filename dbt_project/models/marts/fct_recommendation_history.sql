-- What was recommended when: each build adds its recommendations, in place of an earlier build's of the same moment.
-- What is forgotten before that: see the macro forget_recommendations.
select
    user_id,
    item_id,
    rank,
    score,
    reason_kind,
    source,
    (select is_replay from {{ ref('recudf', 'stg_as_of') }}) as is_replay,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'fct_recommendations') }}
where as_of is not null
