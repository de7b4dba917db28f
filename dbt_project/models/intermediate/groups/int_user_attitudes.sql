-- User x topic or category: its share of what the user likes, and of what the user turns away from. Each sums up what
-- the user has of that kind, so that everybody counts the same.
with interests as (
    select
        interest_id,
        source_kind,
        source_id
    from {{ ref('recudf', 'int_interest_sources') }}
    where kind in ('topic', 'category')
),

turned_away as (
    select
        user_id,
        source_kind,
        source_id,
        -deep_weight as weight,
        round(sum(-deep_weight) over (partition by user_id), 9) as user_weight
    from {{ ref('recudf', 'int_user_sources') }}
    where deep_weight < 0
)

select
    weights.user_id,
    weights.interest_id,
    'likes' as attitude,
    round(weights.weight / weights.user_weight, 9) as share
from {{ ref('recudf', 'int_user_interest_weights') }} as weights
inner join (select distinct interest_id from interests) as kept on weights.interest_id = kept.interest_id
union all
select
    turned_away.user_id,
    interests.interest_id,
    'dislikes' as attitude,
    round(sum(turned_away.weight / turned_away.user_weight), 9) as share
from turned_away
inner join interests
    on turned_away.source_kind = interests.source_kind and turned_away.source_id = interests.source_id
group by turned_away.user_id, interests.interest_id
