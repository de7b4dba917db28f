with ranked as (
    select
        *,
        row_number() over (partition by group_id order by similarity desc, user_id) as position
    from {{ ref('recudf', 'int_group_members') }}
),

members as (
    select
        group_id,
        count(*) as size,
        avg(similarity) as cohesion,
        {{ recudf.joined_in_order('user_id', 'position') }} filter (where position <= 5) as exemplars
    from ranked
    group by group_id
),

words as (
    select
        owner_id as group_id,
        {{ recudf.joined_in_order('word', 'position') }} filter (where position <= 3) as name,
        {{ recudf.joined_in_order('word', 'position') }} filter (where position <= 10) as words
    from {{ ref('recudf', 'int_group_words') }}
    group by owner_id
),

proposed as (
    {{ recudf.proposed_names('group') }}
)

select
    fits.group_id,
    'discovered' as kind,
    coalesce(proposed.name, words.name, fits.group_id) as name,
    proposed.summary,
    words.words,
    cast(coalesce(members.size, 0) as bigint) as size,
    cast(round(members.cohesion, 6) as float) as cohesion,
    members.exemplars,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_group_fits') }} as fits
left join members on fits.group_id = members.group_id
left join words on fits.group_id = words.group_id
left join proposed on fits.group_id = proposed.subject_id
where fits.is_group
