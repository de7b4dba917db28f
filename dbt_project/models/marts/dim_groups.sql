with members as (
    {{ recudf.group_summaries(ref('recudf', 'int_group_members')) }}
),

given_members as (
    {{ recudf.group_summaries(ref('recudf', 'int_given_group_members')) }}
),

words as (
    {{ recudf.names_of_words(ref('recudf', 'int_group_words')) }}
),

given_words as (
    {{ recudf.names_of_words(ref('recudf', 'int_given_group_words')) }}
),

favourites as (
    {{ recudf.favourites_in_words() }}
),

proposed as (
    {{ recudf.proposed_names('group') }}
),

given_groups as (
    select group_id from {{ ref('recudf', 'stg_memberships') }}
    union
    select group_id from {{ ref('recudf', 'stg_group_interactions') }}
),

united as (
    select
        fits.group_id,
        'discovered' as kind,
        coalesce(proposed.name, words.name || coalesce(', like ' || favourites.title, ''), fits.group_id) as name,
        proposed.summary,
        words.words,
        favourites.titles as favourites,
        members.size,
        members.cohesion,
        members.exemplars
    from {{ ref('recudf', 'int_group_fits') }} as fits
    left join members on fits.group_id = members.group_id
    left join words on fits.group_id = words.group_id
    left join favourites on fits.group_id = favourites.group_id
    left join proposed on fits.group_id = proposed.subject_id
    where fits.is_group
    union all
    select
        given_groups.group_id,
        'given' as kind,
        coalesce(words.name, given_groups.group_id) as name,
        cast(null as string) as summary,
        words.words,
        cast(null as string) as favourites,
        members.size,
        members.cohesion,
        members.exemplars
    from given_groups
    left join given_members as members on given_groups.group_id = members.group_id
    left join given_words as words on given_groups.group_id = words.group_id
)

select
    group_id,
    kind,
    name,
    summary,
    words,
    favourites,
    cast(coalesce(size, 0) as bigint) as size,
    cast(round(cohesion, 6) as float) as cohesion,
    exemplars,
    {{ recudf.run_columns() }}
from united
