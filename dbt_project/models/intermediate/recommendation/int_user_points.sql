-- Users as points: [content weight x vector, 0, 0, 0]. The content weight grows with the strength of the evidence, so
-- that a short history leaves more to popularity, whose weight is set by whoever asks.
with vectors as (
    select
        user_id,
        strength / (strength + {{ recudf.number('content_shrinkage') }}) as content_weight,
        cast(vector as float[]) as vector
    from {{ ref('recudf', 'vec_users') }}
),

width as (
    select coalesce(max(len(cast(vector as float[]))), 0) as width from {{ ref('recudf', 'vec_items') }}
),

seen as (
    select
        user_id,
        list(item_id order by item_id) as item_ids
    from {{ ref('recudf', 'int_user_items') }}
    where is_seen
    group by user_id
)

select
    users.user_id,
    coalesce(vectors.content_weight, 0) as content_weight,
    coalesce(vectors.vector, list_resize(cast([] as float[]), width.width, 0)) as vector,
    seen.item_ids as seen_item_ids
from {{ ref('recudf', 'int_users_flagged') }} as users
left join vectors on users.user_id = vectors.user_id
left join seen on users.user_id = seen.user_id
cross join width
