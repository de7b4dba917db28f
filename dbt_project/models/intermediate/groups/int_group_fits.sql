-- The discovered groups: spherical k-means over the points of users.
-- A later build starts from the centroids of the one before, so that ids stay, and keeps them as they are where the
-- points are the same; a full refresh starts anew.
{%- set earlier = recudf.earlier_self(this) if execute and not should_full_refresh() else none %}
{%- set params = {'method': 'spherical', 'k': recudf.group_count(), 'seed': var('group_seed')} %}
{%- if var('group_count') == 'auto' %}
    {%- do params.update({'k_min': var('group_count_min'), 'k_max': var('group_count_max')}) %}
{%- endif %}
{%- set nobody = 'cast(' ~ recudf.array([]) ~ ' as ' ~ recudf.array_of('string') ~ ')' %}
{#- the parameters as JSON, to which a build adds what the earlier fit left #}
{%- set asked = [
    recudf.text_literal(tojson(params)[:-1]), "coalesce(', \"previous\": \"' || continued.handle || '\"', '')",
    "', \"first_new_id\": '", 'cast(unused.first_new_id as string)', "'}'",
] | join(' || ') %}
{%- set params = recudf.text_literal(tojson(params)) %}

with users as {{ recudf.materialized() }} (
    select
        handle,
        fingerprint,
        handle || {{ params }} as fitted_on
    -- one row, also where there is nobody to group
    from (select min(fingerprint) as fingerprint from {{ ref('recudf', 'int_group_points') }}) as encoder
    left join (select vector_index(user_id, vector) as handle from {{ ref('recudf', 'int_group_points') }}) as indexed
        on true
),

earlier as {{ recudf.materialized() }} (
    {{ recudf.earlier_group_fits(earlier) }}
),

-- the same points asked the same way, or nobody to group: then their numbers at least are not given again
kept as {{ recudf.materialized() }} (
    select
        earlier.group_number,
        earlier.centroid,
        case when users.handle is null then 0 else earlier.size end as size,
        case when users.handle is null then {{ nobody }} else earlier.exemplars end as exemplars,
        earlier.fingerprint,
        case when users.handle is not null then earlier.fitted_on end as fitted_on
    from earlier
    cross join users
    where users.handle is null or users.fitted_on = earlier.fitted_on
),

-- centroids of another encoder are no starting point
continued as (
    select max(handle) as handle
    from (
        select vector_index(earlier.group_number, earlier.centroid) as handle
        from earlier
        inner join users on earlier.fingerprint = users.fingerprint
    ) as indexed
),

fitted as (
    select
        users.fingerprint,
        users.fitted_on,
        cluster_fit(users.handle, {{ asked }}) as clusters
    from users
    cross join continued
    cross join (select coalesce(max(next_number), 0) as first_new_id from earlier) as unused
    where not exists (select 1 from kept)
),

clusters as (
    select fingerprint, fitted_on, {{ recudf.unnest_structs('clusters') }} from fitted
),

united as (
    select group_number, centroid, size, exemplars, fingerprint, fitted_on from kept
    union all
    select cluster_id as group_number, centroid, size, exemplars, fingerprint, fitted_on from clusters
)

select
    group_number,
    'discovered-' || cast(group_number as string) as group_id,
    centroid,
    size,
    exemplars,
    -- where the numbers of new groups start: a number is never given twice
    greatest(max(group_number) over () + 1, (select max(next_number) from earlier)) as next_number,
    -- smaller ones are no groups, but the next fit starts from them too: without them it would look for others
    size >= {{ recudf.number('min_group_size') }} as is_group,
    fingerprint,
    fitted_on
from united
