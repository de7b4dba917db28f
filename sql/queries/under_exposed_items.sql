-- Which items that people like do we hardly recommend, and for which group would they be?
-- For whom: the group with the largest share of members whose deep interests the item stands for. Who of them has met
-- the item already is in no mart.
with recommended as (
    select
        item_id,
        count(*) as recommendations
    from recudf.fct_recommendations
    group by item_id
),

items as (
    select
        items.item_id,
        coalesce(items.title, items.item_id) as item,
        items.users,
        items.users / nullif(sum(items.users) over (), 0) as share_of_likes,
        coalesce(recommended.recommendations, 0) as recommendations,
        coalesce(recommended.recommendations, 0) / nullif(sum(recommended.recommendations) over (), 0)
            as share_of_recommendations
    from recudf.dim_items as items
    left join recommended on items.item_id = recommended.item_id
    where items.is_available
),

-- at least five people like it; it has less than a quarter of the places that its likes would give it
under_exposed as (
    select *
    from items
    where users >= 5 and share_of_recommendations < share_of_likes / 4
    order by users desc, item_id
    limit 50
),

interested as (
    select
        under_exposed.item_id,
        members.group_id,
        count(distinct members.user_id) as users_interested
    from under_exposed
    inner join recudf.fct_interest_sources as sources
        on under_exposed.item_id = sources.source_id and sources.source_kind = 'item'
    inner join recudf.fct_user_interests as interests
        on sources.interest_id = interests.interest_id and interests.layer = 'deep' and interests.granularity = 'topic'
    inner join recudf.fct_group_members as members on interests.user_id = members.user_id
    group by under_exposed.item_id, members.group_id
),

best as (
    select
        interested.item_id,
        groups.name as for_group,
        interested.users_interested,
        groups.size as group_size,
        row_number() over (
            partition by interested.item_id
            order by interested.users_interested * 1e0 / groups.size desc, groups.group_id
        ) as position
    from interested
    inner join recudf.dim_groups as groups on interested.group_id = groups.group_id
)

select
    under_exposed.item_id,
    under_exposed.item,
    under_exposed.users,
    under_exposed.recommendations,
    under_exposed.share_of_likes,
    under_exposed.share_of_recommendations,
    best.for_group,
    best.users_interested,
    best.group_size
from under_exposed
left join best on under_exposed.item_id = best.item_id and best.position = 1
order by under_exposed.users desc, under_exposed.item_id
