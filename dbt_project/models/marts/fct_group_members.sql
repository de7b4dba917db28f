select
    group_id,
    user_id,
    similarity,
    runner_up_id,
    runner_up_similarity,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_group_members') }}
