-- How large each group was when, who had joined and left since the moment before, and how far its centroid had moved.
-- Each build adds its moment, in place of an earlier build's of the same one.
{%- set earlier = recudf.earlier_self(this) if execute else none %}
with now as (
    select
        as_of,
        is_replay
    from {{ ref('recudf', 'stg_as_of') }}
    where as_of is not null
),

earlier as {{ recudf.materialized() }} (
    {{ recudf.earlier_rows(earlier, {
        'group_id': 'string', 'kind': 'string', 'name': 'string', 'size': 'bigint', 'as_of': 'timestamp',
    }) }}
),

previous as {{ recudf.materialized() }} (
    select max(earlier.as_of) as as_of
    from earlier
    inner join now on earlier.as_of < now.as_of
),

before as (
    select
        earlier.group_id,
        earlier.kind,
        earlier.name,
        earlier.size
    from earlier
    inner join previous on earlier.as_of = previous.as_of
    where earlier.size > 0
),

present as (
    select
        groups.group_id,
        groups.kind,
        groups.name,
        groups.size
    from {{ ref('recudf', 'dim_groups') }} as groups
),

-- one that is no more has a last row, in which everybody has left it
united as (
    select * from present
    union all
    select
        before.group_id,
        before.kind,
        before.name,
        cast(0 as bigint) as size
    from before
    left join present on before.group_id = present.group_id
    where present.group_id is null
),

-- members of the moment before, as long as they are remembered
remembered as {{ recudf.materialized() }} (
    select
        members.group_id,
        members.user_id
    from {{ ref('recudf', 'fct_group_member_history') }} as members
    inner join previous on members.as_of = previous.as_of
),

stayed as (
    select
        members.group_id,
        count(*) as users
    from {{ ref('recudf', 'fct_group_members') }} as members
    inner join remembered on members.group_id = remembered.group_id and members.user_id = remembered.user_id
    group by members.group_id
),

moved as (
    select
        fits.group_id,
        greatest(0, round(1 - {{ recudf.inner_product('fits.centroid', 'centroids.centroid') }}, 6)) as distance
    from {{ ref('recudf', 'int_group_fits') }} as fits
    inner join {{ ref('recudf', 'int_group_centroid_history') }} as centroids
        on fits.group_id = centroids.group_id and fits.fingerprint = centroids.fingerprint
    inner join previous on centroids.as_of = previous.as_of
),

counted as (
    select
        united.*,
        before.size as previous_size,
        case when exists (select 1 from remembered) then united.size - coalesce(stayed.users, 0) end as users_joined,
        case
            when exists (select 1 from remembered) then coalesce(before.size, 0) - coalesce(stayed.users, 0)
        end as users_left
    from united
    left join before on united.group_id = before.group_id
    left join stayed on united.group_id = stayed.group_id
)

select
    counted.group_id,
    counted.kind,
    counted.name,
    counted.size,
    previous.as_of as previous_as_of,
    counted.previous_size,
    -- of a discovered group both or none: with the sizes the one tells the other
    {{ recudf.told_of_group('counted.users_joined', ['counted.users_joined', 'counted.users_left'], 'counted.kind') }}
        as users_joined,
    {{ recudf.told_of_group('counted.users_left', ['counted.users_joined', 'counted.users_left'], 'counted.kind') }}
        as users_left,
    cast(moved.distance as float) as centroid_shift,
    now.is_replay,
    {{ recudf.run_columns() }}
from counted
cross join now
cross join previous
left join moved on counted.group_id = moved.group_id
