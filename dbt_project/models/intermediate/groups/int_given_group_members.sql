-- Members of given groups, with the cosine of each to the mean of all members that have a point among users.
with means as (
    select
        members.group_id,
        vector_unit(vector_mean({{ recudf.array_in_order('points.vector', ['members.user_id']) }})) as vector
    from {{ ref('recudf', 'stg_memberships') }} as members
    inner join {{ ref('recudf', 'int_group_points') }} as points on members.user_id = points.user_id
    group by members.group_id
)

select
    members.group_id,
    members.user_id,
    cast(round({{ recudf.inner_product('points.vector', 'means.vector') }}, 6) as float) as similarity
from {{ ref('recudf', 'stg_memberships') }} as members
left join means on members.group_id = means.group_id
left join {{ ref('recudf', 'int_group_points') }} as points on members.user_id = points.user_id
