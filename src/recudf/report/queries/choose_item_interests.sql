-- The topics and categories of each item in the page, at most six.
create temp table report_item_interests as
with ranked as (
    select
        items.item_index,
        sources.interest_id,
        row_number() over (partition by items.item_index order by interests.kind, sources.interest_id) as number
    from report_items as items
    inner join fct_interest_sources as sources on items.item_id = sources.source_id and sources.source_kind = 'item'
    inner join dim_interests as interests on sources.interest_id = interests.interest_id
    where interests.kind in ('category', 'topic')
)

select
    item_index,
    interest_id,
    number
from ranked
where number <= 6
