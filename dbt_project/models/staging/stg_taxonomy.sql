-- Categories with the one they lie in, one row per category; none lies in itself.
with source as (
    {{ recudf.select_input('taxonomy') }}
)

select
    category,
    min(parent) as parent
from source
where category is not null and parent is not null and category != parent
group by category
