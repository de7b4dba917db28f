-- Users as points to be grouped: what their items and texts mean, beside a sketch of what they like by topics and
-- categories (recudf.signatures), each of length 1 and without what all users share. The sketch is of the roots of the
-- shares, by which what a user has most of does not hide the rest (Hellinger's distance).
with likes as (
    select
        attitudes.user_id,
        attitudes.interest_id,
        sqrt(attitudes.share) as weight
    from {{ ref('recudf', 'int_user_attitudes') }} as attitudes
    inner join {{ ref('recudf', 'int_group_points') }} as points on attitudes.user_id = points.user_id
    where attitudes.attitude = 'likes' and attitudes.share > 0
),

interests as (
    select distinct interest_id from likes
),

signatures as (
    {{ recudf.signatures('interests', 'interest_id') }}
),

indexed as {{ recudf.materialized() }} (
    {{ recudf.index_of('signatures', 'interest_id', {'handle': 'vector'}) }}
),

liked as (
    select
        user_id,
        {{ recudf.array_in_order('interest_id', ['interest_id']) }} as interest_ids,
        {{ recudf.array_in_order('weight', ['interest_id']) }} as weights
    from likes
    group by user_id
),

sketched as {{ recudf.materialized() }} (
    select
        liked.user_id,
        vector_unit(vector_mean_of(liked.interest_ids, indexed.handle, liked.weights)) as vector
    from liked
    cross join indexed
),

center as {{ recudf.materialized() }} (
    {{ recudf.center('sketched', 'user_id') }}
),

united as (
    select
        points.user_id,
        points.vector as meaning,
        case
            when sketched.vector is not null
                then {{ recudf.centered('sketched.vector', 'center.vector', 'center.texts') }}
        end as sketch,
        points.fingerprint
    from {{ ref('recudf', 'int_group_points') }} as points
    cross join center
    left join sketched on points.user_id = sketched.user_id
)

select
    user_id,
    vector_unit(meaning || coalesce(sketch, {{ recudf.array_zeros(256) }})) as vector,
    fingerprint
from united
