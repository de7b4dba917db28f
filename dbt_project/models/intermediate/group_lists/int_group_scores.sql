-- What an item is worth to a group by each way of adding up what it is worth to the members; to a member that does not
-- have it among the candidates 0, as the last of them.
with voters as (
    select
        voters.group_id,
        count(distinct voters.user_id) as members
    from {{ ref('recudf', 'int_group_voters') }} as voters
    inner join {{ ref('recudf', 'int_voter_candidates') }} as candidates on voters.user_id = candidates.user_id
    group by voters.group_id
),

summed as (
    select
        voters.group_id,
        candidates.item_id,
        count(*) as supporters,
        sum(candidates.value) as total,
        min(candidates.value) as lowest,
        max(candidates.value) as highest,
        sum(candidates.candidates - candidates.rank) as below,
        count(*) filter (where candidates.rank <= {{ recudf.number('recommendations_per_group') }}) as approvals
    from {{ ref('recudf', 'int_group_voters') }} as voters
    inner join {{ ref('recudf', 'int_voter_candidates') }} as candidates on voters.user_id = candidates.user_id
    group by voters.group_id, candidates.item_id
)

select
    summed.group_id,
    summed.item_id,
    voters.members,
    summed.supporters,
    round(summed.total / voters.members, 9) as average,
    case when summed.supporters = voters.members then summed.lowest else 0 end as least_misery,
    summed.highest as most_pleasure,
    round(summed.below / cast(voters.members as double), 9) as borda,
    round(summed.approvals / cast(voters.members as double), 9) as approval
from summed
inner join voters on summed.group_id = voters.group_id
left join {{ ref('recudf', 'int_group_exclusions') }} as excluded
    on summed.group_id = excluded.group_id and summed.item_id = excluded.item_id
where excluded.item_id is null
