-- Where a walk from a group is after one step to another group, and after two, if it does not come back: as in
-- personalised PageRank, cut off. A hidden item is no way.
with first_steps as (
    select
        examples.group_id,
        examples.example,
        ties.other_group_id,
        (ties.weight - coalesce(10 * gone.chance, 0))
        / (ties.ways - case when examples.hidden_item_id is null then 0 else 10 end) as share
    from {{ ref('recudf', 'int_group_examples') }} as examples
    inner join {{ ref('recudf', 'int_group_ties') }} as ties on examples.group_id = ties.group_id
    left join {{ ref('recudf', 'int_item_groups') }} as gone
        on examples.hidden_item_id = gone.item_id and ties.other_group_id = gone.group_id
),

kept as (
    select * from first_steps where round(share, 9) > 0
),

second_steps as (
    select
        kept.group_id,
        kept.example,
        ties.other_group_id,
        sum(kept.share * ties.weight / ties.ways) as share
    from kept
    inner join {{ ref('recudf', 'int_group_ties') }} as ties
        on kept.other_group_id = ties.group_id and kept.group_id != ties.other_group_id
    group by kept.group_id, kept.example, ties.other_group_id
)

select
    group_id,
    example,
    other_group_id,
    round(sum(near), 12) as near,
    round(sum(far), 12) as far
from (
    select group_id, example, other_group_id, share as near, 0e0 as far from kept
    union all
    select group_id, example, other_group_id, 0e0 as near, share as far from second_steps
) as united
group by group_id, example, other_group_id
