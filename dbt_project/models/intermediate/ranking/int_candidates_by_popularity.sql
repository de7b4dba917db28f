-- Candidates by what is popular now: everybody has as many as there are.
{%- set n = 'greatest(' ~ recudf.number('candidates_per_source') ~ ', ' ~ recudf.ranked_depth() ~ ')' %}
{%- set most_popular = recudf.array(['cast(1 as float)', 'cast(0 as float)']) %}
with points as {{ recudf.materialized() }} (
    select
        fold,
        vector_index(item_id, point) as handle
    from {{ ref('recudf', 'int_ranking_popularity') }}
    group by fold
),

users as (
    select * from {{ ref('recudf', 'int_ranking_users') }}
),

nearest as (
    select
        users.fold,
        users.user_id,
        {{ recudf.unnest_structs('cosine_topk(' ~ most_popular ~ ', points.handle, ' ~ n ~ ', users.seen_item_ids)') }}
    from {{ recudf.spread('users', 'user_id') }}
    inner join points on users.fold = points.fold
)

select
    fold,
    user_id,
    'popular' as source,
    id as item_id,
    round(score, 9) as score
from nearest
