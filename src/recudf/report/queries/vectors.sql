select
    'user' as kind,
    users.user_index as index,
    cast(vectors.vector as float[]) as vector
from report_users as users
inner join vec_users as vectors on users.user_id = vectors.user_id
union all
select
    'item' as kind,
    items.item_index as index,
    cast(vectors.vector as float[]) as vector
from report_items as items
inner join vec_items as vectors on items.item_id = vectors.item_id
inner join (
    select item_id
    from dim_items
    order by users desc, events desc, item_id
    limit $map_items
) as most_liked on items.item_id = most_liked.item_id
order by kind, index
