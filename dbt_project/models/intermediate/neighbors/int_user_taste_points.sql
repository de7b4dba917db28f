-- Users as points among whom to look for similar ones: what their items and texts mean, beside a sketch of which items
-- they liked (recudf.sketches), each of length 1.
with likes as (
    select
        user_id,
        item_id,
        weight
    from {{ ref('recudf', 'int_user_likes') }}
    where is_compared
),

sketched as (
    {{ recudf.sketches('likes', 'item_id') }}
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
