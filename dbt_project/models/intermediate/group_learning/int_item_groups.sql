-- Given groups that like an item, up to a hundred of each item, drawn by a hash: those that a walk goes on to from
-- there.
with drawn as (
    select
        item_id,
        group_id,
        row_number() over (partition by item_id order by md5(group_id), group_id) as position,
        count(*) over (partition by item_id) as groups
    from {{ ref('recudf', 'int_group_items') }}
    where weight > 0
)

select
    item_id,
    group_id,
    1e0 / least(groups, 100) as chance
from drawn
where position <= 100
