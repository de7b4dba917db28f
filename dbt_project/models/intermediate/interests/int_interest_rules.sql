-- Association rules: who does the one thing does the other, more people than by chance (Agrawal et al., SIGMOD 1993).
-- Significance by the G statistic of the 2 x 2 table of people (Dunning 1993): exp(-G / 2) bounds its p-value from
-- above, and is held against 0.05 / how many pairs there are (Bonferroni). The one that most people did first is the
-- antecedent; undated, the rarer one is.
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

pairs as (
    select
        a.token as antecedent,
        b.token as consequent,
        min(a.event_type) as antecedent_event_type,
        min(a.interest_id) as antecedent_id,
        min(b.event_type) as consequent_event_type,
        min(b.interest_id) as consequent_id,
        cast(count(*) as double) as together,
        cast(count(*) filter (where a.first_at < b.first_at) as double) as in_order,
        cast(count(*) filter (where a.first_at > b.first_at) as double) as reversed
    from {{ ref('recudf', 'int_event_tokens') }} as a
    inner join {{ ref('recudf', 'int_event_tokens') }} as b on a.user_id = b.user_id
    where a.token != b.token and a.interest_id != b.interest_id
    group by a.token, b.token
    having count(*) >= {{ recudf.number('min_group_size') }}
),

directed as (
    select
        pairs.*,
        people.people,
        a.people as antecedent_people,
        b.people as consequent_people
    from pairs
    inner join frequent as a on pairs.antecedent = a.token
    inner join frequent as b on pairs.consequent = b.token
    cross join people
    where
        pairs.in_order > pairs.reversed
        or (pairs.in_order = pairs.reversed and (a.people, pairs.antecedent) < (b.people, pairs.consequent))
),

tested as (
    select
        *,
        2 * (
            {{ recudf.g_term('together', 'antecedent_people * consequent_people') }}
            + {{ recudf.g_term('(antecedent_people - together)', 'antecedent_people * (people - consequent_people)') }}
            + {{ recudf.g_term('(consequent_people - together)', '(people - antecedent_people) * consequent_people') }}
            + {{ recudf.g_term(
                '(people - antecedent_people - consequent_people + together)',
                '(people - antecedent_people) * (people - consequent_people)'
            ) }}
        ) as g
    from directed
)

select
    'rule:' || antecedent || ' > ' || consequent as interest_id,
    antecedent,
    consequent,
    antecedent_event_type,
    antecedent_id,
    consequent_event_type,
    consequent_id,
    together as people,
    together / people as support,
    together / antecedent_people as confidence,
    together * people / (antecedent_people * consequent_people) as lift,
    case when in_order + reversed > 0 then in_order / (in_order + reversed) end as share_in_order,
    -- by two standard deviations of what chance would have
    in_order - reversed >= 2 * sqrt(in_order + reversed) and in_order > 0 as is_sequence,
    least(1, exp(-g / 2)) as p_value
from tested
where
    together * people > antecedent_people * consequent_people
    and exp(-g / 2) * (select count(*) from directed) <= 0.05
