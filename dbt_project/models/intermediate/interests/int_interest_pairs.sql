-- Two things of a kind that the same people do, min_group_size of them or more: first what most of them did first;
-- undated, the rarer one. Not two categories that have items in common: what is in both would be counted for doubled.
with people as (
    select cast(count(distinct user_id) as double) as people from {{ ref('recudf', 'int_event_tokens') }}
),

frequent as (
    select
        token,
        min(event_type) as event_type,
        min(interest_id) as interest_id,
        cast(count(*) as double) as people
    from {{ ref('recudf', 'int_event_tokens') }}
    group by token
    having count(*) >= {{ recudf.min_people() }}
),

tokens as (
    select tokens.*
    from {{ ref('recudf', 'int_event_tokens') }} as tokens
    inner join frequent on tokens.token = frequent.token
),

-- each pair once, since there are many
pairs as (
    select
        a.kind,
        a.token,
        b.token as other,
        cast(count(*) as double) as together,
        cast(count(*) filter (where a.first_at < b.first_at) as double) as in_order,
        cast(count(*) filter (where a.first_at > b.first_at) as double) as reversed
    from tokens as a
    inner join tokens as b on a.user_id = b.user_id and a.kind = b.kind
    where a.token < b.token and a.interest_id != b.interest_id
    group by a.kind, a.token, b.token
    having count(*) >= {{ recudf.min_people() }}
),

doubled as (
    select kind, token, other, together, in_order, reversed from pairs
    union all
    select kind, other as token, token as other, together, reversed as in_order, in_order as reversed from pairs
)

select
    doubled.kind,
    doubled.token as antecedent,
    doubled.other as consequent,
    a.event_type as antecedent_event_type,
    a.interest_id as antecedent_id,
    b.event_type as consequent_event_type,
    b.interest_id as consequent_id,
    doubled.together,
    doubled.in_order,
    doubled.reversed,
    a.people as antecedent_people,
    b.people as consequent_people,
    people.people
from doubled
inner join frequent as a on doubled.token = a.token
inner join frequent as b on doubled.other = b.token
cross join people
left join {{ ref('recudf', 'int_category_overlaps') }} as overlapping
    on a.interest_id = overlapping.interest_id and b.interest_id = overlapping.other_id
where
    overlapping.interest_id is null
    and (
        doubled.in_order > doubled.reversed
        or (doubled.in_order = doubled.reversed and (a.people, doubled.token) < (b.people, doubled.other))
    )
