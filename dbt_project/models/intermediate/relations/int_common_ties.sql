-- User x somebody whom the user has no tie to, but people whom the user knows or follows have, in either direction: who
-- they are, and the sum of 1 / ln(ties) over them, since who knows few says more (Adamic & Adar, Social Networks 25,
-- 2003).
with known as (
    select user_id, other_user_id from {{ ref('recudf', 'stg_relations') }}
    union
    select other_user_id as user_id, user_id as other_user_id from {{ ref('recudf', 'stg_relations') }}
),

counted as (
    select
        user_id,
        count(*) as ties
    from known
    group by user_id
),

own as (
    select distinct
        relations.user_id,
        relations.other_user_id as tie_id,
        1 / ln(counted.ties) as weight
    from {{ ref('recudf', 'stg_relations') }} as relations
    inner join counted on relations.other_user_id = counted.user_id
    where counted.ties between 2 and {{ recudf.number('people_hub_ties') }}
),

-- in order, so that the first three can be named
common as (
    select
        own.user_id,
        known.other_user_id,
        own.tie_id,
        own.weight,
        row_number() over (
            partition by own.user_id, known.other_user_id order by own.weight desc, own.tie_id
        ) as position
    from own
    inner join known on own.tie_id = known.user_id
    left join {{ ref('recudf', 'stg_relations') }} as already
        on own.user_id = already.user_id and known.other_user_id = already.other_user_id
    where own.user_id != known.other_user_id and already.user_id is null
)

select
    user_id,
    other_user_id,
    count(*) as ties,
    round(sum(weight), 6) as score,
    {{ recudf.joined_in_order('tie_id', 'position') }} filter (where position <= 3) as names
from common
group by user_id, other_user_id
