-- What those who stand for a given group would be recommended, for each example: the mean value over them, and the mean
-- in which a member counts 1, and 1 more for each item that both it and the group did: who led before may lead again.
with shared as (
    select
        own.owner_id as group_id,
        history.user_id,
        own.item_id
    from {{ ref('recudf', 'int_group_likes') }} as own
    inner join {{ ref('recudf', 'int_group_voters') }} as voters on own.owner_id = voters.group_id
    inner join {{ ref('recudf', 'int_user_items') }} as history
        on voters.user_id = history.user_id and own.item_id = history.item_id
    where own.kind = 'group' and history.weight > 0
),

members as (
    select
        examples.group_id,
        examples.example,
        voters.user_id,
        1e0 + count(shared.item_id) as influence
    from {{ ref('recudf', 'int_group_examples') }} as examples
    inner join {{ ref('recudf', 'int_group_voters') }} as voters on examples.group_id = voters.group_id
    left join shared
        on
            examples.group_id = shared.group_id
            and voters.user_id = shared.user_id
            and coalesce(examples.hidden_item_id != shared.item_id, true)
    where voters.kind = 'given'
    group by examples.group_id, examples.example, voters.user_id
),

weighed as (
    select
        *,
        count(*) over (partition by group_id, example) as members,
        sum(influence) over (partition by group_id, example) as all_influence
    from members
)

select
    weighed.group_id,
    weighed.example,
    candidates.item_id,
    round(sum(candidates.value) / max(weighed.members), 9) as members,
    round(sum(candidates.value * weighed.influence) / max(weighed.all_influence), 9) as influence
from weighed
inner join {{ ref('recudf', 'int_voter_candidates') }} as candidates on weighed.user_id = candidates.user_id
group by weighed.group_id, weighed.example, candidates.item_id
