-- Which categories do we recommend more, or less, than people use them?
-- An item of two categories counts a half for each.
with recommended as (
    select
        item_id,
        count(*) as recommendations
    from recudf.fct_recommendations
    group by item_id
),

categories as (
    select
        interest_id,
        source_id as item_id,
        1e0 / count(*) over (partition by source_id) as part
    from recudf.fct_interest_sources
    where source_kind = 'item' and interest_id like 'category:%'
),

counted as (
    select
        categories.interest_id,
        sum(categories.part * items.users) as likes,
        sum(categories.part * coalesce(recommended.recommendations, 0)) as recommendations,
        count(*) as items
    from categories
    inner join recudf.dim_items as items on categories.item_id = items.item_id
    left join recommended on categories.item_id = recommended.item_id
    group by categories.interest_id
),

shares as (
    select
        interest_id,
        items,
        likes / nullif(sum(likes) over (), 0) as share_of_likes,
        recommendations / nullif(sum(recommendations) over (), 0) as share_of_recommendations
    from counted
)

select
    interests.name as category,
    shares.items,
    shares.share_of_likes,
    shares.share_of_recommendations,
    shares.share_of_recommendations - shares.share_of_likes as difference,
    shares.share_of_recommendations / nullif(shares.share_of_likes, 0) as ratio
from shares
inner join recudf.dim_interests as interests on shares.interest_id = interests.interest_id
order by difference desc, interests.interest_id
