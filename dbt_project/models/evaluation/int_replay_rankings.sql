-- What each model would have recommended in this replay, on the same users and the same unseen items: the blend that
-- users get, its parts alone, and chance. pool 'new' ranks only items that nobody had liked yet.
{{ config(enabled=var('evaluation_users') is not none) }}
{%- set k = recudf.number('evaluation_k') %}
{%- set judged = recudf.parse_relation(var('evaluation_users') or 'not.evaluated') %}

with users as (
    select points.*
    from {{ ref('recudf', 'int_user_points') }} as points
    inner join {{ ref('recudf', 'int_users_flagged') }} as flagged on points.user_id = flagged.user_id
    where not flagged.is_bot and points.user_id in (select user_id from {{ judged }})
),

pools as {{ recudf.materialized() }} (
    select
        'all' as pool,
        vector_index(item_id, point) as points,
        vector_index(item_id, popularity_point) as popularity_points
    from {{ ref('recudf', 'int_item_points') }}
    union all
    select
        'new' as pool,
        vector_index(item_id, point) as points,
        null as popularity_points
    from {{ ref('recudf', 'int_item_points') }}
    where is_new
),

personal as (
    select user_id, seen_item_ids, 'blend' as model, {{ recudf.blend_point() }} as point
    from users
    where content_weight > 0
    union all
    select user_id, seen_item_ids, 'content' as model, {{ recudf.user_point('1', '0', '0') }} as point from users
),

general as (
    select user_id, seen_item_ids, 'blend' as model, {{ recudf.array([1, 0, 0]) }} as point from users where content_weight = 0
    union all
    select user_id, seen_item_ids, 'recent popular' as model, {{ recudf.array([1, 0, 0]) }} as point from users
    union all
    select user_id, seen_item_ids, 'popular' as model, {{ recudf.array([0, 1, 0]) }} as point from users
),

ranked as (
    select
        personal.user_id,
        pools.pool,
        personal.model,
        {{ recudf.unnest_structs('cosine_topk(personal.point, pools.points, ' ~ recudf.reranked_from(k) ~ ', personal.seen_item_ids)') }}
    from personal
    cross join pools
    union all
    select
        general.user_id,
        pools.pool,
        general.model,
        {{ recudf.unnest_structs('cosine_topk(general.point, pools.popularity_points, ' ~ recudf.reranked_from(k) ~ ', general.seen_item_ids)') }}
    from general
    cross join pools
    where pools.popularity_points is not null
),

{% if recudf.is_reranked() -%}
blended as (
    select
        user_id,
        pool,
        model,
        id as item_id,
        score
    from ranked
    where model = 'blend'
),

{% endif -%}
shuffled as (
    select
        users.user_id,
        pools.pool,
        items.item_id,
        row_number() over (
            partition by users.user_id, pools.pool order by md5(users.user_id || '{{ '\x1f' }}' || items.item_id)
        ) as rank
    from users
    cross join {{ ref('recudf', 'int_item_points') }} as items
    inner join (select 'all' as pool union all select 'new' as pool) as pools on pools.pool = 'all' or items.is_new
    left join {{ ref('recudf', 'int_user_items') }} as history
        on users.user_id = history.user_id and items.item_id = history.item_id and history.is_seen
    where history.item_id is null
)

select user_id, pool, model, id as item_id, rank, cast(null as double) as probability
from ranked
{%- if recudf.is_reranked() %}
where model != 'blend' and rank <= {{ k }}
union all
select user_id, pool, model, item_id, rank, cast(null as double) as probability
from ({{ recudf.reranked('blended', ['user_id', 'pool', 'model'], k) }}) as chosen
{%- endif %}
union all
select user_id, pool, 'random' as model, item_id, cast(rank as integer) as rank, cast(null as double) as probability
from shuffled
where rank <= {{ k }}
{%- if recudf.ranking_is_learned() %}
union all
{{ recudf.learned_rankings('users', k) }}
{%- endif %}
