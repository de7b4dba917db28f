with recommended as (
    select
        item_id,
        count(*) as recommendations
    from fct_recommendations
    group by item_id
),

interests as (
    select
        chosen.item_index,
        list(interests.interest_index order by chosen.number) as interests
    from report_item_interests as chosen
    inner join report_interests as interests on chosen.interest_id = interests.interest_id
    group by chosen.item_index
)

select
    items.item_id,
    items.title,
    items.category,
    items.events,
    items.users,
    coalesce(recommended.recommendations, 0) as recommendations,
    items.is_available,
    interests.interests
from report_items as chosen
inner join dim_items as items on chosen.item_id = items.item_id
left join recommended on items.item_id = recommended.item_id
left join interests on chosen.item_index = interests.item_index
order by chosen.item_index
