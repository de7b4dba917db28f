-- The discovered groups: spherical k-means over the points of users.
-- A later build starts from the centroids of the one before, so that ids stay; a full refresh starts anew.
{%- set earlier = load_relation(this) if execute and not should_full_refresh() else none %}
{%- set params = {'method': 'spherical', 'k': recudf.group_count(), 'seed': var('group_seed')} %}
{%- if var('group_count') == 'auto' %}
    {%- do params.update({'k_min': var('group_count_min'), 'k_max': var('group_count_max')}) %}
{%- endif %}

with users as materialized (
    select
        vector_index(user_id, vector) as handle,
        min(fingerprint) as fingerprint
    from {{ ref('recudf', 'int_group_points') }}
),

-- centroids of another encoder are no starting point
earlier as (
    {{ recudf.earlier_group_fits(earlier) }}
),

continued as (
    select
        vector_index(earlier.group_number, earlier.centroid) as handle,
        coalesce(max(earlier.next_number), 0) as next_number
    from earlier
    inner join users on earlier.fingerprint = users.fingerprint
),

fitted as (
    select
        unnest(
            cluster_fit(
                users.handle,
                json_merge_patch(
                    {{ recudf.text_literal(tojson(params)) }},
                    json_object('previous', continued.handle, 'first_new_id', continued.next_number)
                )
            ),
            recursive := true
        )
    from users
    cross join continued
)

select
    fitted.cluster_id as group_number,
    'discovered-' || fitted.cluster_id as group_id,
    fitted.centroid,
    fitted.size,
    fitted.exemplars,
    -- where the numbers of new groups start: a number is never given twice
    greatest(max(fitted.cluster_id) over () + 1, (select max(next_number) from earlier)) as next_number,
    -- smaller ones are no groups, but the next fit starts from them too: without them it would look for others
    fitted.size >= {{ recudf.number('min_group_size') }} as is_group,
    (select fingerprint from users) as fingerprint
from fitted
