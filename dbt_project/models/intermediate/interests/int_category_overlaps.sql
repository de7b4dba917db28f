-- Two categories of which the one has a tenth or more of the other's items, or the other way round.
with categories as (
    select
        interest_id,
        source_id,
        count(*) over (partition by interest_id) as items
    from {{ ref('recudf', 'int_interest_sources') }}
    where kind = 'category'
)

select
    a.interest_id,
    b.interest_id as other_id
from categories as a
inner join categories as b on a.source_id = b.source_id and a.interest_id != b.interest_id
group by a.interest_id, b.interest_id
having count(*) >= 0.1 * min(least(a.items, b.items))
