-- The items that each example is about, by what leads to them without the hidden one: as if the group had never done
-- it. What is taken away is exact but for two things: what a neighbour that did the hidden item, too, leads to, and
-- weights beyond the thousand that int_group_item_weights keeps. Rounded, as what remains where nothing leads to the
-- hidden item any more (1e-13) would be all that leads anywhere, and tell it from the others.
with likes as (
    select
        *,
        cast(owners as double) as all_owners,
        cast(groups as double) as all_groups
    from {{ ref('recudf', 'int_group_likes') }}
    where kind = 'group'
),

-- of the other items of the profile: the part of their weights to the hidden one that is the group's own doing
parts as (
    select
        examples.group_id,
        examples.example,
        max(hidden.items) as items,
        max(hidden.all_owners) as owners,
        max(hidden.all_groups) as groups,
        sum(1 / hidden.items / sqrt(likes.all_owners * hidden.all_owners)) as own,
        sum(reach.direct / hidden.items / sqrt(likes.all_owners * hidden.all_owners)) as around,
        sum(1 / hidden.items / sqrt(likes.all_groups * hidden.all_groups)) as own_groups,
        sum(reach.direct / hidden.items / sqrt(likes.all_groups * hidden.all_groups)) as around_groups
    from {{ ref('recudf', 'int_group_examples') }} as examples
    inner join likes as hidden
        on examples.group_id = hidden.owner_id and examples.hidden_item_id = hidden.item_id
    inner join likes on examples.group_id = likes.owner_id and examples.hidden_item_id != likes.item_id
    inner join {{ ref('recudf', 'int_group_reach') }} as reach
        on likes.owner_id = reach.group_id and likes.item_id = reach.item_id
    group by examples.group_id, examples.example
),

reached as (
    select
        examples.group_id,
        examples.example,
        reach.item_id,
        coalesce(examples.hidden_item_id = reach.item_id, false) as is_hidden,
        reach.own - coalesce(gone.weight, 0) as own,
        reach.around,
        reach.own_groups - coalesce(gone.groups_weight, 0) as own_groups,
        reach.around_groups,
        reach.direct,
        gone.weight as self,
        gone.groups_weight as self_groups
    from {{ ref('recudf', 'int_group_examples') }} as examples
    inner join {{ ref('recudf', 'int_group_reach') }} as reach on examples.group_id = reach.group_id
    left join {{ ref('recudf', 'int_group_item_weights') }} as gone
        on examples.hidden_item_id = gone.source_id and reach.item_id = gone.item_id
    where not reach.is_own or examples.hidden_item_id = reach.item_id
)

select
    reached.group_id,
    reached.example,
    reached.item_id,
    reached.is_hidden,
    reached.direct,
    round({{ recudf.without_the_group('own') }}, 9) as own,
    round({{ recudf.without_the_group('around') }}, 9) as around,
    round({{ recudf.without_the_group('own', '_groups') }}, 9) as own_groups,
    round({{ recudf.without_the_group('around', '_groups') }}, 9) as around_groups
from reached
inner join {{ ref('recudf', 'int_item_points') }} as available on reached.item_id = available.item_id
left join parts on reached.group_id = parts.group_id and reached.example = parts.example
left join {{ ref('recudf', 'int_group_exclusions') }} as excluded
    on reached.group_id = excluded.group_id and reached.item_id = excluded.item_id
where reached.example > 0 or excluded.item_id is null
