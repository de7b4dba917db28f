-- The discovered groups: spherical k-means over the points of users.
-- A later build starts from the centroids of the one before, so that ids stay, and keeps them as they are where the
-- points are the same; a full refresh starts anew.
{%- set earlier = load_relation(this) if execute and not should_full_refresh() else none %}
{%- set params = {'method': 'spherical', 'k': recudf.group_count(), 'seed': var('group_seed')} %}
{%- if var('group_count') == 'auto' %}
    {%- do params.update({'k_min': var('group_count_min'), 'k_max': var('group_count_max')}) %}
{%- endif %}
{%- set params = recudf.text_literal(tojson(params)) %}

with users as materialized (
    select
        handle,
        fingerprint,
        handle || {{ params }} as fitted_on
    from (
        select
            vector_index(user_id, vector) as handle,
            min(fingerprint) as fingerprint
        from {{ ref('recudf', 'int_group_points') }}
    ) as indexed
),

earlier as materialized (
    {{ recudf.earlier_group_fits(earlier) }}
),

-- the same points asked the same way, or nobody to group: then their numbers at least are not given again
kept as materialized (
    select
        earlier.group_number,
        earlier.centroid,
        case when users.handle is null then 0 else earlier.size end as size,
        case when users.handle is null then [] else earlier.exemplars end as exemplars,
        earlier.fingerprint,
        case when users.handle is not null then earlier.fitted_on end as fitted_on
    from earlier
    cross join users
    where users.handle is null or users.fitted_on = earlier.fitted_on
),

-- centroids of another encoder are no starting point
continued as (
    select vector_index(earlier.group_number, earlier.centroid) as handle
    from earlier
    inner join users on earlier.fingerprint = users.fingerprint
),

fitted as (
    select
        unnest(
            cluster_fit(
                users.handle,
                json_merge_patch(
                    {{ params }},
                    json_object(
                        'previous', continued.handle,
                        'first_new_id', (select coalesce(max(next_number), 0) from earlier)
                    )
                )
            ),
            recursive := true
        ),
        users.fingerprint,
        users.fitted_on
    from users
    cross join continued
    where not exists (select 1 from kept)
),

united as (
    select group_number, centroid, size, exemplars, fingerprint, fitted_on from kept
    union all
    select cluster_id as group_number, centroid, size, exemplars, fingerprint, fitted_on from fitted
)

select
    group_number,
    'discovered-' || group_number as group_id,
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
