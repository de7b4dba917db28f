select
    members.group_id,
    members.user_id,
    members.similarity,
    members.runner_up_id,
    members.runner_up_similarity,
    coalesce(
        profiles.events < {{ recudf.number('group_certain_events') }}
        or members.similarity - members.runner_up_similarity < {{ recudf.number('group_margin') }},
        false
    ) as is_uncertain,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_group_members') }} as members
left join (
    select
        user_id,
        count(*) as events
    from {{ ref('recudf', 'int_user_evidence') }}
    group by user_id
) as profiles on members.user_id = profiles.user_id
