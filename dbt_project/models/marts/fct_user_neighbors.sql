-- Similar users, and what they share in words: up to three items that both like, those that fewest others do; where
-- these have no titles up to three interests of both, and else the items' ids.
with items as (
    select
        neighbors.user_id,
        neighbors.neighbor_id,
        items.title,
        own.item_id,
        row_number() over (
            partition by neighbors.user_id, neighbors.neighbor_id order by own.weight * theirs.weight desc, own.item_id
        ) as position
    from {{ ref('recudf', 'int_user_neighbors') }} as neighbors
    inner join {{ ref('recudf', 'int_user_likes') }} as own on neighbors.user_id = own.user_id
    inner join {{ ref('recudf', 'int_user_likes') }} as theirs
        on neighbors.neighbor_id = theirs.user_id and own.item_id = theirs.item_id
    left join {{ ref('recudf', 'stg_items') }} as items on own.item_id = items.item_id
),

shared_items as (
    select
        user_id,
        neighbor_id,
        count(*) as items,
        {{ recudf.joined_in_order('title', 'position', '; ') }} filter (where position <= 3) as titles,
        {{ recudf.joined_in_order('item_id', 'position') }} filter (where position <= 3) as ids
    from items
    group by user_id, neighbor_id
),

interests as (
    select
        neighbors.user_id,
        neighbors.neighbor_id,
        own.name,
        row_number() over (
            partition by neighbors.user_id, neighbors.neighbor_id
            order by own.position + theirs.position, own.position, own.interest_id
        ) as position
    from {{ ref('recudf', 'int_user_neighbors') }} as neighbors
    inner join {{ ref('recudf', 'int_user_top_interests') }} as own on neighbors.user_id = own.user_id
    inner join {{ ref('recudf', 'int_user_top_interests') }} as theirs
        on neighbors.neighbor_id = theirs.user_id and own.interest_id = theirs.interest_id
),

shared_interests as (
    select
        user_id,
        neighbor_id,
        {{ recudf.joined_in_order('name', 'position', '; ') }} filter (where position <= 3) as names
    from interests
    group by user_id, neighbor_id
)

select
    neighbors.user_id,
    neighbors.neighbor_id,
    cast(neighbors.position as integer) as rank,
    cast(neighbors.similarity as float) as similarity,
    cast(neighbors.vector_cosine as float) as vector_cosine,
    cast(neighbors.likes_cosine as float) as likes_cosine,
    cast(coalesce(shared_items.items, 0) as bigint) as shared_items,
    case
        when shared_items.titles is not null then 'both like ' || shared_items.titles
        when shared_interests.names is not null then 'both are into ' || shared_interests.names
        when shared_items.ids is not null then 'both like ' || shared_items.ids
    end as shared,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_user_neighbors') }} as neighbors
left join shared_items
    on neighbors.user_id = shared_items.user_id and neighbors.neighbor_id = shared_items.neighbor_id
left join shared_interests
    on neighbors.user_id = shared_interests.user_id and neighbors.neighbor_id = shared_interests.neighbor_id
