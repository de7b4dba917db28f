-- Users as points among whom to look for similar ones: what their items and texts mean, beside a sketch of which items
-- they liked (recudf.signatures), each of length 1.
with items as (
    select distinct item_id from {{ ref('recudf', 'int_user_likes') }} where is_compared
),

signatures as (
    {{ recudf.signatures('items', 'item_id') }}
),

indexed as {{ recudf.materialized() }} (
    {{ recudf.index_of('signatures', 'item_id', {'handle': 'vector'}) }}
),

liked as (
    select
        user_id,
        {{ recudf.array_in_order('item_id', ['item_id']) }} as item_ids,
        {{ recudf.array_in_order('weight', ['item_id']) }} as weights
    from {{ ref('recudf', 'int_user_likes') }}
    where is_compared
    group by user_id
),

sketched as (
    select
        liked.user_id,
        vector_unit(vector_mean_of(liked.item_ids, indexed.handle, liked.weights)) as vector
    from liked
    cross join indexed
),

dimensions as (
    select coalesce(max({{ recudf.array_length('vector') }}), 0) as meaning from {{ ref('recudf', 'int_group_points') }}
),

united as (
    select
        coalesce(points.user_id, sketched.user_id) as user_id,
        points.vector as meaning,
        sketched.vector as sketch
    from {{ ref('recudf', 'int_group_points') }} as points
    full outer join sketched on points.user_id = sketched.user_id
)

select
    united.user_id,
    united.meaning is not null as has_vector,
    -- whom to look among: everybody, or the nearest group where people are many
    case
        when count(*) over () <= 20000 then 'everybody'
        else coalesce(members.group_id, 'no group')
    end as pool,
    coalesce(united.meaning, {{ recudf.array_zeros('dimensions.meaning') }})
    || coalesce(united.sketch, {{ recudf.array_zeros(256) }}) as vector
from united
cross join dimensions
left join {{ ref('recudf', 'int_group_members') }} as members on united.user_id = members.user_id
where united.meaning is not null or united.sketch is not null
