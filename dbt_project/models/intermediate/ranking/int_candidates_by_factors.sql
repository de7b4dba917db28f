-- Candidates by people with a similar taste: the inner product of a user's factors and an item's, which for items that
-- nobody liked yet come from their text.
{%- set n = 'greatest(' ~ recudf.number('candidates_per_source') ~ ', ' ~ recudf.ranked_depth() ~ ')' %}
with every_item as (
    select fold, item_id, factors from {{ ref('recudf', 'int_item_factors') }}
    union all
    select fold, item_id, factors from {{ ref('recudf', 'int_adapted_factors') }}
),

factors as (
    select
        items.fold,
        items.item_id,
        items.factors,
        {{ recudf.inner_product('items.factors', 'items.factors') }} as square,
        max({{ recudf.inner_product('items.factors', 'items.factors') }}) over (partition by items.fold) as longest
    from every_item as items
    inner join {{ ref('recudf', 'int_item_points') }} as available on items.item_id = available.item_id
),

-- points of equal length, so that the inner product can be searched as a cosine (Bachrach et al., RecSys 2014)
points as {{ recudf.materialized() }} (
    select
        fold,
        vector_index(
            item_id, factors || {{ recudf.array(['cast(sqrt(greatest(longest - square, 0)) as float)']) }}
        ) as handle
    from factors
    where longest > 0
    group by fold
),

-- apart, as Spark makes no index beside another aggregate
lengths as (
    select
        fold,
        sqrt(max(longest)) as length
    from factors
    group by fold
),

tasted as (
    select
        users.fold,
        users.user_id,
        users.seen_item_ids,
        tastes.factors || {{ recudf.array(['cast(0 as float)']) }} as point,
        sqrt({{ recudf.inner_product('tastes.factors', 'tastes.factors') }}) as length
    from {{ ref('recudf', 'int_ranking_users') }} as users
    inner join {{ ref('recudf', 'int_user_factors') }} as tastes
        on users.fold = tastes.fold and users.user_id = tastes.user_id
),

nearest as (
    select
        tasted.fold,
        tasted.user_id,
        tasted.length * lengths.length as length,
        {{ recudf.unnest_structs('cosine_topk(tasted.point, points.handle, ' ~ n ~ ', tasted.seen_item_ids)') }}
    from {{ recudf.spread('tasted', 'user_id') }}
    inner join points on tasted.fold = points.fold
    inner join lengths on tasted.fold = lengths.fold
    where tasted.length > 0
)

select
    fold,
    user_id,
    'factors' as source,
    id as item_id,
    round(score * length, 9) as score
from nearest
