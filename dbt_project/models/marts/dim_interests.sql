with held as (
    select
        interest_id,
        count(distinct user_id) as users
    from {{ ref('recudf', 'int_user_interests') }}
    group by interest_id
)

select
    interests.interest_id,
    interests.granularity,
    interests.kind,
    interests.name,
    interests.words,
    interests.parent_id,
    parents.name as parent_name,
    cast({{ recudf.told('interests.sources', 'interests.users') }} as bigint) as sources,
    cast({{ recudf.told('interests.users', 'interests.users') }} as bigint) as users,
    cast({{ recudf.told('coalesce(held.users, 0)', 'coalesce(held.users, 0)') }} as bigint) as users_held,
    cast({{ recudf.told('interests.population_share', 'interests.users') }} as float) as population_share,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_interests') }} as interests
left join held on interests.interest_id = held.interest_id
left join {{ ref('recudf', 'int_interests') }} as parents on interests.parent_id = parents.interest_id
where interests.kind != 'word' or held.users > 0
{%- if recudf.llm_is_on() %}
union all
select
    proposed.interest_id,
    'proposed' as granularity,
    'proposed' as kind,
    proposed.name,
    cast(null as string) as words,
    cast(null as string) as parent_id,
    cast(null as string) as parent_name,
    {{ recudf.told('sources.sources', 'proposed.users') }} as sources,
    {{ recudf.told('proposed.users', 'proposed.users') }} as users,
    {{ recudf.told('proposed.users', 'proposed.users') }} as users_held,
    cast({{ recudf.told('proposed.population_share', 'proposed.users') }} as float) as population_share,
    {{ recudf.run_columns() }}
from (
    select
        interest_id,
        min(interest) as name,
        count(distinct user_id) as users,
        min(population_share) as population_share
    from {{ ref('recudf', 'int_proposed_interests') }}
    group by interest_id
) as proposed
inner join (
    select interest_id, count(*) as sources from ({{ recudf.proposed_sources() }}) as united group by interest_id
) as sources on proposed.interest_id = sources.interest_id
{%- endif %}
