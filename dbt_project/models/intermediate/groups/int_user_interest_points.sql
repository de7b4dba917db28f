-- Users as points to be grouped: what their items and texts mean, beside a sketch of what they like by topics and
-- categories (recudf.sketches), each of length 1 and without what all users share. The sketch is of the roots of the
-- shares, by which what a user has most of does not hide the rest (Hellinger's distance).
with likes as (
    select
        attitudes.user_id,
        -- a topic by its number in its fit: then the same data are the same points after a full refresh too
        coalesce('topic-' || cast(topics.cluster_number - topics.first_number as string), attitudes.interest_id)
            as interest_id,
        sqrt(attitudes.share) as weight
    from {{ ref('recudf', 'int_user_attitudes') }} as attitudes
    inner join {{ ref('recudf', 'int_group_points') }} as points on attitudes.user_id = points.user_id
    left join {{ ref('recudf', 'int_topic_fits') }} as topics on attitudes.interest_id = topics.topic_id
    where attitudes.attitude = 'likes' and attitudes.share > 0
),

sketched as {{ recudf.materialized() }} (
    {{ recudf.sketches('likes', 'interest_id') }}
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
