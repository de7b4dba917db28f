-- Two things of a kind that the same people do, min_group_size of them or more: first what most of them did first;
-- undated, the rarer one. Not two categories of which one has a tenth of its items in the other: what is in both would
-- be counted for both.
with people as (
    select cast(count(distinct user_id) as double) as people from {{ ref('recudf', 'int_event_tokens') }}
),

frequent as (
    select
        token,
        cast(count(*) as double) as people
    from {{ ref('recudf', 'int_event_tokens') }}
    group by token
    having count(*) >= {{ recudf.number('min_group_size') }}
),

tokens as (
    select
        tokens.*,
        frequent.people
    from {{ ref('recudf', 'int_event_tokens') }} as tokens
    inner join frequent on tokens.token = frequent.token
),

pairs as (
    select
        a.kind,
        a.token as antecedent,
        b.token as consequent,
        min(a.event_type) as antecedent_event_type,
        min(a.interest_id) as antecedent_id,
        min(b.event_type) as consequent_event_type,
        min(b.interest_id) as consequent_id,
        min(a.people) as antecedent_people,
        min(b.people) as consequent_people,
        cast(count(*) as double) as together,
        cast(count(*) filter (where a.first_at < b.first_at) as double) as in_order,
        cast(count(*) filter (where a.first_at > b.first_at) as double) as reversed
    from tokens as a
    inner join tokens as b on a.user_id = b.user_id and a.kind = b.kind
    where a.interest_id != b.interest_id
    group by a.kind, a.token, b.token
    having count(*) >= {{ recudf.number('min_group_size') }}
),

categories as (
    select interest_id, source_id
    from {{ ref('recudf', 'int_interest_sources') }}
    where kind = 'category'
),

sizes as (
    select interest_id, count(*) as items from categories group by interest_id
),

overlapping as (
    select
        a.interest_id,
        b.interest_id as other_id
    from categories as a
    inner join categories as b on a.source_id = b.source_id and a.interest_id != b.interest_id
    inner join sizes as a_sizes on a.interest_id = a_sizes.interest_id
    inner join sizes as b_sizes on b.interest_id = b_sizes.interest_id
    group by a.interest_id, b.interest_id
    having count(*) >= 0.1 * min(least(a_sizes.items, b_sizes.items))
)

select
    pairs.*,
    people.people
from pairs
cross join people
left join overlapping on pairs.antecedent_id = overlapping.interest_id and pairs.consequent_id = overlapping.other_id
where
    overlapping.interest_id is null
    and (
        pairs.in_order > pairs.reversed
        or (
            pairs.in_order = pairs.reversed
            and (pairs.antecedent_people, pairs.antecedent) < (pairs.consequent_people, pairs.consequent)
        )
    )
