-- What the scorer of lists for groups is asked: example 0 is what a group gets; in the others one of its own items is
-- hidden, which it learns to find again, as many as the var ranking_users says. An item that nobody else likes cannot
-- be found, and without another one there is nothing to find it by.
with own as (
    select
        owner_id as group_id,
        item_id,
        row_number() over (
            order by md5(owner_id || '{{ '\x1f' }}' || item_id), owner_id, item_id
        ) as position
    from {{ ref('recudf', 'int_group_likes') }}
    where kind = 'group' and items > 1 and owners > 1
)

select
    group_id,
    0 as example,
    cast(null as string) as hidden_item_id
from {{ ref('recudf', 'int_group_profiles') }}
group by group_id
union all
select
    group_id,
    cast(row_number() over (partition by group_id order by position) as integer) as example,
    item_id as hidden_item_id
from own
where position <= {{ recudf.number('ranking_users') }}
