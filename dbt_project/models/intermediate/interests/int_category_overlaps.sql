-- Two categories of which the one has a tenth or more of the other's items, or the other way round; of those that
-- enough people choose to be in a rule, since an item may come with ten thousand.
with chosen as (
    select interest_id
    from {{ ref('recudf', 'int_event_tokens') }}
    group by interest_id
    having count(distinct user_id) >= {{ recudf.min_people() }}
),

categories as (
    select
        sources.interest_id,
        sources.source_id,
        count(*) over (partition by sources.interest_id) as items
    from {{ ref('recudf', 'int_interest_sources') }} as sources
    inner join chosen on sources.interest_id = chosen.interest_id
    where sources.kind = 'category'
)

select
    a.interest_id,
    b.interest_id as other_id
from categories as a
inner join categories as b on a.source_id = b.source_id and a.interest_id != b.interest_id
group by a.interest_id, b.interest_id
having count(*) >= 0.1 * min(least(a.items, b.items))
