with members as (
    select
        group_id,
        user_id,
        similarity,
        runner_up_id,
        runner_up_similarity,
        true as is_discovered
    from {{ ref('recudf', 'int_group_members') }}
    union all
    select
        group_id,
        user_id,
        similarity,
        cast(null as string) as runner_up_id,
        cast(null as float) as runner_up_similarity,
        false as is_discovered
    from {{ ref('recudf', 'int_given_group_members') }}
)

select
    members.group_id,
    members.user_id,
    members.similarity,
    members.runner_up_id,
    members.runner_up_similarity,
    -- who was put into a group is in it
    members.is_discovered and coalesce(
        profiles.events < {{ recudf.number('group_certain_events') }}
        or members.similarity - members.runner_up_similarity < {{ recudf.number('group_margin') }},
        false
    ) as is_uncertain,
    {{ recudf.run_columns() }}
from members
left join (
    select
        user_id,
        count(*) as events
    from {{ ref('recudf', 'int_user_evidence') }}
    group by user_id
) as profiles on members.user_id = profiles.user_id
