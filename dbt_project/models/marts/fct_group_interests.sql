-- What the members of a group like, and what they turn away from, beside everybody else. Every person counts the same.
-- What too few of a discovered group have is left out, and there is no comparison with too few others.
-- The interval is that of a ratio of two means: ln(lift) +- 1.96 x the root of variance / (n x mean^2), added up over
-- members and others (Hedges, Gurevitch & Curtis, Ecology 80, 1999).
with people as (
    select
        attitude,
        count(distinct user_id) as people
    from {{ ref('recudf', 'int_user_attitudes') }}
    group by attitude
),

everybody as (
    select
        interest_id,
        attitude,
        round(sum(share), 9) as summed,
        round(sum(share * share), 9) as squared
    from {{ ref('recudf', 'int_user_attitudes') }}
    group by interest_id, attitude
),

sizes as (
    select
        members.group_id,
        attitudes.attitude,
        count(distinct members.user_id) as people
    from {{ ref('recudf', 'fct_group_members') }} as members
    inner join {{ ref('recudf', 'int_user_attitudes') }} as attitudes on members.user_id = attitudes.user_id
    group by members.group_id, attitudes.attitude
),

members as (
    select
        members.group_id,
        attitudes.interest_id,
        attitudes.attitude,
        count(*) as users,
        round(sum(attitudes.share), 9) as summed,
        round(sum(attitudes.share * attitudes.share), 9) as squared
    from {{ ref('recudf', 'fct_group_members') }} as members
    inner join {{ ref('recudf', 'int_user_attitudes') }} as attitudes on members.user_id = attitudes.user_id
    group by members.group_id, attitudes.interest_id, attitudes.attitude
),

compared as (
    select
        members.group_id,
        members.interest_id,
        members.attitude,
        members.users,
        sizes.people,
        people.people - sizes.people as others,
        members.summed / sizes.people as share,
        members.squared,
        (everybody.summed - members.summed) / nullif(people.people - sizes.people, 0) as others_share,
        everybody.squared - members.squared as others_squared
    from members
    inner join sizes on members.group_id = sizes.group_id and members.attitude = sizes.attitude
    inner join everybody on members.interest_id = everybody.interest_id and members.attitude = everybody.attitude
    inner join people on members.attitude = people.attitude
),

measured as (
    select
        *,
        share / others_share as lift,
        1.96 * sqrt(
            greatest(0, squared / people - share * share) / ((people - 1) * share * share)
            + greatest(0, others_squared / others - others_share * others_share)
            / ((others - 1) * others_share * others_share)
        ) as width
    from compared
    where
        people > 1
        and others >= greatest(2, {{ recudf.min_cell_users() }})
        and share > 0
        and round(others_share, 9) > 0
)

select
    compared.group_id,
    compared.interest_id,
    compared.attitude,
    interests.kind,
    interests.name as interest,
    cast(compared.users as bigint) as n_users,
    cast(round(compared.share, 6) as float) as share,
    cast(round({{ recudf.told('compared.others_share', 'compared.others') }}, 6) as float) as others_share,
    cast(round(measured.lift, 6) as float) as lift,
    cast(round(measured.lift * exp(-measured.width), 6) as float) as ci_low,
    cast(round(measured.lift * exp(measured.width), 6) as float) as ci_high,
    {{ recudf.run_columns() }}
from compared
inner join {{ ref('recudf', 'dim_groups') }} as groups on compared.group_id = groups.group_id
inner join {{ ref('recudf', 'int_interests') }} as interests on compared.interest_id = interests.interest_id
left join measured
    on
        compared.group_id = measured.group_id
        and compared.interest_id = measured.interest_id
        and compared.attitude = measured.attitude
where groups.kind = 'given' or compared.users >= {{ recudf.min_cell_users() }}
