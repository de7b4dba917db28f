-- The discovered groups: spherical k-means over the vectors of users who are not bot-like.
-- A later build starts from the centroids of the one before, so that ids stay; a full refresh starts anew.
{%- set earlier = load_relation(this) if execute and not should_full_refresh() else none %}
{%- set params = {'method': 'spherical', 'k': var('group_count'), 'seed': var('group_seed')} %}

with users as materialized (
    select vector_index(vec_users.user_id, vec_users.vector) as handle
    from {{ ref('vec_users') }} as vec_users
    inner join {{ ref('int_users_flagged') }} as flagged on vec_users.user_id = flagged.user_id
    where not flagged.is_bot
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
                where fingerprint = (select min(fingerprint) from {{ ref('vec_users') }})
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
    (select min(fingerprint) from {{ ref('vec_users') }}) as fingerprint
from fitted
where size >= {{ recudf.number('min_group_size') }}
