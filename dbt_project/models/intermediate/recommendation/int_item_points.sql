-- Items as points whose cosine with a user's point is the score: [vector, recent popularity, popularity, rest].
-- The rest gives every point the same length sqrt(3), so that the exact inner product can be searched as a cosine
-- (Bachrach et al., RecSys 2014). Items that may not be recommended now are left out.
{%- set popular = 'pow(popularity.recent_popularity, 2) - pow(popularity.popularity, 2)' %}

with vectors as (
    select
        item_id,
        cast(vector as {{ recudf.array_of('float') }}) as vector
    from {{ ref('recudf', 'vec_items') }}
),

width as (
    select coalesce(max({{ recudf.array_length('vector') }}), 0) as width from vectors
)

select
    items.item_id,
    coalesce(vectors.vector, {{ recudf.array_zeros('width.width') }}) || {{ recudf.array([
        'cast(popularity.recent_popularity as float)',
        'cast(popularity.popularity as float)',
        'cast(sqrt(3 - case when vectors.vector is null then 0 else 1 end - ' ~ popular ~ ') as float)'
    ]) }} as point,
    -- without a vector's rounding in it: equally popular items are the same point, and tie by id
    {{ recudf.array([
        'cast(popularity.recent_popularity as float)',
        'cast(popularity.popularity as float)',
        'cast(sqrt(2 - ' ~ popular ~ ') as float)'
    ]) }} as popularity_point,
    popularity.users = 0 as is_new
from {{ ref('recudf', 'stg_items') }} as items
inner join {{ ref('recudf', 'int_item_popularity') }} as popularity on items.item_id = popularity.item_id
left join vectors on items.item_id = vectors.item_id
cross join width
cross join {{ ref('recudf', 'stg_as_of') }} as as_of
left join {{ ref('recudf', 'int_items_blocked') }} as blocked
    on items.item_id = blocked.item_id and blocked.user_id is null
where
    blocked.item_id is null
    and (items.available_from is null or as_of.as_of is null or items.available_from <= as_of.as_of)
    and (items.available_until is null or as_of.as_of is null or items.available_until >= as_of.as_of)
