with members as (
    select
        group_id,
        user_id,
        similarity,
        runner_up_id,
        runner_up_similarity
    from {{ ref('recudf', 'int_group_members') }}
    union all
    select
        group_id,
        user_id,
        similarity,
        cast(null as string) as runner_up_id,
        cast(null as float) as runner_up_similarity
    from {{ ref('recudf', 'int_given_group_members') }}
)

select
    group_id,
    user_id,
    similarity,
    runner_up_id,
    runner_up_similarity,
    {{ recudf.run_columns() }}
from members
