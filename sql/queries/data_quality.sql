-- What is missing, strange or dropped in the data that the tables are made of?
with latest as (
    select
        interactions_read - interactions as interactions_dropped,
        texts_read - texts as texts_dropped,
        row_number() over (order by started_at desc, run_id desc) as age
    from recudf.fct_runs
),

users as (
    select
        count(*) as users,
        cast(sum(case when is_bot then 1 else 0 end) as bigint) as bots,
        cast(sum(case when has_vector then 0 else 1 end) as bigint) as without_vector,
        cast(sum(case when events > 0 and last_event_at is null then 1 else 0 end) as bigint) as undated
    from recudf.dim_users
),

items as (
    select
        count(*) as items,
        cast(sum(case when title is null then 1 else 0 end) as bigint) as without_title,
        cast(sum(case when category is null then 1 else 0 end) as bigint) as without_category,
        cast(sum(case when vector_source = 'none' then 1 else 0 end) as bigint) as without_vector,
        cast(sum(case when is_text_cut then 1 else 0 end) as bigint) as cut,
        cast(sum(case when users = 0 then 1 else 0 end) as bigint) as liked_by_nobody,
        cast(sum(case when is_available then 0 else 1 end) as bigint) as unavailable
    from recudf.dim_items
)

select
    'bot-like users: left out of fits and metrics' as what,
    bots as number,
    users as of_all
from users
union all
select
    'users without a vector: get what is popular' as what,
    without_vector as number,
    users as of_all
from users
union all
select
    'users of whom nothing is dated: recency does not count' as what,
    undated as number,
    users as of_all
from users
union all
select
    'items without title' as what,
    without_title as number,
    items as of_all
from items
union all
select
    'items without category' as what,
    without_category as number,
    items as of_all
from items
union all
select
    'items without a vector: nothing is written of them' as what,
    without_vector as number,
    items as of_all
from items
union all
select
    'items whose text is longer than the encoder reads' as what,
    cut as number,
    items as of_all
from items
union all
select
    'items that nobody likes' as what,
    liked_by_nobody as number,
    items as of_all
from items
union all
select
    'items that may not be recommended now' as what,
    unavailable as number,
    items as of_all
from items
union all
select
    'events dropped in cleaning' as what,
    interactions_dropped as number,
    null as of_all
from latest
where age = 1
union all
select
    'texts dropped in cleaning' as what,
    texts_dropped as number,
    null as of_all
from latest
where age = 1
