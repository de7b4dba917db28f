-- Users as points: [content weight x vector, 0, 0, 0]. The content weight grows with the strength of the evidence, so
-- that a short history leaves more to popularity, whose weight is set by whoever asks.
with vectors as (
    select
        user_id,
        strength / (strength + {{ recudf.number('content_shrinkage') }}) as content_weight,
        cast(vector as {{ recudf.array_of('float') }}) as vector
    from {{ ref('recudf', 'vec_users') }}
),

width as (
    select coalesce(max({{ recudf.array_length('vector') }}), 0) as width
    from (
        select cast(vector as {{ recudf.array_of('float') }}) as vector from {{ ref('recudf', 'vec_items') }}
    ) as items
),

seen as (
    select
        user_id,
        {{ recudf.array_in_order('item_id', ['item_id']) }} as item_ids
    from (
        select user_id, item_id from {{ ref('recudf', 'int_user_items') }} where is_seen
        union
        select user_id, item_id from {{ ref('recudf', 'int_items_blocked') }} where user_id is not null
    ) as not_recommended
    group by user_id
)

select
    users.user_id,
    coalesce(vectors.content_weight, 0) as content_weight,
    coalesce(vectors.vector, {{ recudf.array_zeros('width.width') }}) as vector,
    seen.item_ids as seen_item_ids
from {{ ref('recudf', 'int_users_flagged') }} as users
left join vectors on users.user_id = vectors.user_id
left join seen on users.user_id = seen.user_id
cross join width
