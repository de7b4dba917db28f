-- Candidates by people with a similar taste ('factors': the inner product of user and item), and by what is popular
-- now ('popular').
{%- set n = 'greatest(' ~ recudf.number('candidates_per_source') ~ ', ' ~ recudf.ranked_depth() ~ ')' %}
with factors as (
    select
        items.fold,
        items.item_id,
        items.factors,
        {{ recudf.inner_product('items.factors', 'items.factors') }} as square,
        max({{ recudf.inner_product('items.factors', 'items.factors') }}) over (partition by items.fold) as longest
    from {{ ref('recudf', 'int_item_factors') }} as items
    inner join {{ ref('recudf', 'int_item_points') }} as available on items.item_id = available.item_id
),

-- points of equal length, so that the inner product can be searched as a cosine (Bachrach et al., RecSys 2014)
factor_points as {{ recudf.materialized() }} (
    select
        fold,
        vector_index(
            item_id, factors || {{ recudf.array(['cast(sqrt(greatest(longest - square, 0)) as float)']) }}
        ) as handle,
        sqrt(max(longest)) as length
    from factors
    where longest > 0
    group by fold
),

popular_points as {{ recudf.materialized() }} (
    select
        fold,
        vector_index(item_id, point) as handle
    from {{ ref('recudf', 'int_ranking_popularity') }}
    group by fold
),

users as (
    select
        users.fold,
        users.user_id,
        {{ recudf.array_in_order('seen.item_id', ['seen.item_id']) }} filter (
            where seen.item_id is not null
        ) as seen_item_ids
    from (
        select distinct fold, user_id from {{ ref('recudf', 'int_ranking_history') }}
        union
        select 0 as fold, user_id from {{ ref('recudf', 'int_users_flagged') }}
    ) as users
    left join ({{ recudf.not_recommended() }}) as seen on users.fold = seen.fold and users.user_id = seen.user_id
    group by users.fold, users.user_id
),

tasted as (
    select
        users.fold,
        users.user_id,
        users.seen_item_ids,
        tastes.factors || {{ recudf.array(['cast(0 as float)']) }} as point,
        sqrt({{ recudf.inner_product('tastes.factors', 'tastes.factors') }}) as length
    from users
    inner join {{ ref('recudf', 'int_user_factors') }} as tastes
        on users.fold = tastes.fold and users.user_id = tastes.user_id
),

alike as (
    select
        tasted.fold,
        tasted.user_id,
        tasted.length * factor_points.length as length,
        {{ recudf.unnest_structs('cosine_topk(tasted.point, factor_points.handle, ' ~ n ~ ', tasted.seen_item_ids)') }}
    from {{ recudf.spread('tasted', 'user_id') }}
    inner join factor_points on tasted.fold = factor_points.fold
    where tasted.length > 0
),

popular as (
    select
        users.fold,
        users.user_id,
        {{ recudf.unnest_structs(
            'cosine_topk(' ~ recudf.array(['cast(1 as float)', 'cast(0 as float)']) ~ ', popular_points.handle, '
            ~ n ~ ', users.seen_item_ids)'
        ) }}
    from {{ recudf.spread('users', 'user_id') }}
    inner join popular_points on users.fold = popular_points.fold
)

select
    fold,
    user_id,
    'factors' as source,
    id as item_id,
    round(score * length, 9) as score
from alike
union all
select
    fold,
    user_id,
    'popular' as source,
    id as item_id,
    round(score, 9) as score
from popular
