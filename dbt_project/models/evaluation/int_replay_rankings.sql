-- What each model would have recommended in this replay, on the same users and the same unseen items: the blend that
-- users get, its parts alone, and chance. pool 'new' ranks only items that nobody had liked yet.
{{ config(enabled=var('evaluation_users') is not none) }}
{%- set k = recudf.number('evaluation_k') %}

with users as (
    select points.*
    from {{ ref('recudf', 'int_user_points') }} as points
    inner join {{ ref('recudf', 'int_users_flagged') }} as flagged on points.user_id = flagged.user_id
    where
        not flagged.is_bot
        and points.user_id in (select user_id from {{ recudf.parse_relation(var('evaluation_users') or 'not.evaluated') }})
),

pools as materialized (
    select
        'all' as pool,
        vector_index(item_id, point) as handle
    from {{ ref('recudf', 'int_item_points') }}
    union all
    select
        'new' as pool,
        vector_index(item_id, point) as handle
    from {{ ref('recudf', 'int_item_points') }}
    where is_new
),

queries as (
    select user_id, seen_item_ids, 'blend' as model, {{ recudf.blend_point() }} as point from users
    union all
    select user_id, seen_item_ids, 'content' as model, {{ recudf.user_point('1', '0', '0') }} as point from users
    union all
    select user_id, seen_item_ids, 'recent popular' as model, {{ recudf.user_point('0', '1', '0') }} as point from users
    union all
    select user_id, seen_item_ids, 'popular' as model, {{ recudf.user_point('0', '0', '1') }} as point from users
),

ranked as (
    select
        queries.user_id,
        pools.pool,
        queries.model,
        unnest(cosine_topk(queries.point, pools.handle, {{ k }}, queries.seen_item_ids), recursive := true)
    from queries
    cross join pools
    where pools.pool = 'all' or queries.model in ('blend', 'content')
),

shuffled as (
    select
        users.user_id,
        pools.pool,
        items.item_id,
        row_number() over (
            partition by users.user_id, pools.pool order by md5(users.user_id || chr(31) || items.item_id)
        ) as rank
    from users
    cross join {{ ref('recudf', 'int_item_points') }} as items
    inner join (select unnest(['all', 'new']) as pool) as pools on pools.pool = 'all' or items.is_new
    left join {{ ref('recudf', 'int_user_items') }} as history
        on users.user_id = history.user_id and items.item_id = history.item_id and history.is_seen
    where history.item_id is null
)

select user_id, pool, model, id as item_id, rank from ranked
union all
select user_id, pool, 'random' as model, item_id, cast(rank as integer) as rank from shuffled where rank <= {{ k }}
