-- The discovered groups: spherical k-means over the points of users, as many as are found again in halves of them.
{%- set params = {'method': 'spherical', 'k': recudf.group_count(), 'seed': var('group_seed')} %}
{%- if var('group_count') == 'auto' %}
    {%- do params.update({'k': 'stable', 'k_min': var('group_count_min'), 'k_max': var('group_count_max')}) %}
{%- endif %}
{%- set params = recudf.text_literal(tojson(params)[:-1]) %}

with fits as (
    {{ recudf.lasting_fits(this, ref('recudf', 'int_user_interest_points'), 'user_id', params, 'exemplars') }}
)

select
    cluster_number,
    'discovered-' || cast(cluster_number as string) as group_id,
    centroid,
    size,
    exemplars,
    next_number,
    first_number,
    -- smaller ones are no groups, but the next fit starts from them too: without them it would look for others
    size >= {{ recudf.number('min_group_size') }} as is_group,
    fingerprint,
    fitted_on
from fits
