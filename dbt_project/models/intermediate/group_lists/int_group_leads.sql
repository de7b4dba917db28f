-- What of a group's profile adds most to each item that its history leads to, on its own or in what was learned.
with parts as (
    select
        lists.group_id,
        lists.item_id,
        profiles.item_id as source_id,
        profiles.is_own,
        round(profiles.weight * weights.weight, 12) as value
    from (
        select distinct group_id, item_id
        from {{ ref('recudf', 'int_group_lists') }}
        where strategy in ('history', 'learned')
    ) as lists
    inner join {{ ref('recudf', 'int_group_profiles') }} as profiles on lists.group_id = profiles.group_id
    inner join {{ ref('recudf', 'int_group_item_weights') }} as weights
        on profiles.item_id = weights.source_id and lists.item_id = weights.item_id
),

ranked as (
    select
        *,
        row_number() over (partition by group_id, item_id order by value desc, source_id) as position
    from parts
)

select
    group_id,
    item_id,
    source_id,
    is_own,
    value
from ranked
where position = 1
