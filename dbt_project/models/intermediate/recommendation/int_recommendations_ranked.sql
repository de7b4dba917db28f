-- For every user the k best unseen items by content weight x cosine + popularity weight x blended popularity; for a
-- user without a vector by recent popularity. With the vars diversity, category_cap or exposure_weight chosen again.
{%- set k = recudf.number('recommendations_per_user') %}
{%- set depth = recudf.reranked_from(k) %}
{%- set nearest = 'cosine_topk(users.point, candidates.points, ' ~ depth ~ ', users.seen_item_ids)' %}
{%- set most_popular = 'cosine_topk(' ~ recudf.array([1, 0, 0]) ~ ', candidates.popularity_points, '
    ~ depth ~ ', users.seen_item_ids)' %}

with candidates as {{ recudf.materialized() }} (
    {{ recudf.index_of(ref('recudf', 'int_item_points'), 'item_id', {
        'points': 'point', 'popularity_points': 'popularity_point'
    }) }}
),

users as (
    select
        *,
        {{ recudf.blend_point() }} as point
    from {{ ref('recudf', 'int_user_points') }}
),

blended as (
    select
        users.user_id,
        sqrt(3 * {{ recudf.inner_product('users.point', 'users.point') }}) as length,
        {{ recudf.unnest_structs(nearest) }}
    from {{ recudf.spread('users', 'user_id') }}
    cross join candidates
    where users.content_weight > 0
),

popular as (
    select
        users.user_id,
        sqrt(2) as length,
        {{ recudf.unnest_structs(most_popular) }}
    from {{ recudf.spread('users', 'user_id') }}
    cross join candidates
    where users.content_weight = 0
),

ranked as (
    select * from blended
    union all
    select * from popular
),

scored as (
    select
        user_id,
        id as item_id,
        rank,
        cast(score * length as float) as score
    from ranked
)

select
    user_id,
    item_id,
    rank,
    cast(score as float) as score
from {{ recudf.reranked_or_best('scored', ['user_id'], k) }}
