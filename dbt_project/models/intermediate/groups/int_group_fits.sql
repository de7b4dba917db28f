-- The discovered groups: spherical k-means over the points of users.
-- A later build starts from the centroids of the one before, so that ids stay; a full refresh starts anew.
{%- set earlier = load_relation(this) if execute and not should_full_refresh() else none %}
{%- set params = {'method': 'spherical', 'k': var('group_count'), 'seed': var('group_seed')} %}
{%- if var('group_count') == 'auto' %}
    {%- do params.update({'k_min': var('group_count_min'), 'k_max': var('group_count_max')}) %}
{%- endif %}

with users as materialized (
    select
        vector_index(user_id, vector) as handle,
        min(fingerprint) as fingerprint
    from {{ ref('int_group_points') }}
),

params as materialized (
    select
        {%- if earlier is not none %}
        -- centroids of another encoder are no starting point
        json_merge_patch(
            {{ dbt.string_literal(tojson(params)) }},
            (
                select json_object(
                    'previous', vector_index(group_number, centroid), 'first_new_id', max(next_number)
                )
                from {{ earlier }}
                where fingerprint = (select fingerprint from users)
            )
        ) as params
        {%- else %}
        {{ dbt.string_literal(tojson(params)) }} as params
        {%- endif %}
),

fitted as (
    select unnest(cluster_fit(users.handle, params.params), recursive := true)
    from users
    cross join params
)

select
    cluster_id as group_number,
    'discovered-' || cluster_id as group_id,
    centroid,
    size,
    exemplars,
    -- where the numbers of new groups start: a number is never given twice
    {%- if earlier is not none %}
    greatest(max(cluster_id) over () + 1, coalesce((select max(next_number) from {{ earlier }}), 0)) as next_number,
    {%- else %}
    max(cluster_id) over () + 1 as next_number,
    {%- endif %}
    (select fingerprint from users) as fingerprint
from fitted
where size >= {{ recudf.number('min_group_size') }}
