-- User x interest x layer, as shares of the user's weight, all of them:
--   deep:    the whole history, an old event less, shrunk to the population's share
--   surface: what the last events have beyond it
--   middle:  a field, and a topic half by its own share and half by its field's, so that what lies beside it counts;
--            likewise a category that others lie in, and those;
--            a rule of topics or categories whose both sides the user does, by its confidence
{%- set shrinkage = recudf.number('interest_shrinkage') %}
with shares as (
    select
        weights.*,
        interests.kind,
        interests.parent_id,
        interests.population_share,
        (weights.weight + {{ shrinkage }} * interests.population_share)
        / (weights.user_weight + {{ shrinkage }}) as share,
        case
            when weights.user_recent_weight > 0 then weights.recent_weight / weights.user_recent_weight
        end as recent_share
    from {{ ref('recudf', 'int_user_interest_weights') }} as weights
    inner join {{ ref('recudf', 'int_interests') }} as interests on weights.interest_id = interests.interest_id
),

parents as (
    select distinct parent_id
    from {{ ref('recudf', 'int_interests') }}
    where parent_id is not null and granularity = 'topic'
),

-- of the field's share what goes to a topic of it among all people
beside as (
    select
        fields.user_id,
        topics.interest_id,
        fields.share * topics.population_share / fields.population_share as share,
        topics.population_share,
        fields.events,
        fields.first_at,
        fields.last_at
    from shares as fields
    inner join {{ ref('recudf', 'int_interests') }} as topics on fields.interest_id = topics.parent_id
    left join parents on topics.interest_id = parents.parent_id
    -- what others lie in has a share of its own in this layer
    where topics.granularity = 'topic' and topics.population_share > 0 and parents.parent_id is null
),

layers as (
    select
        user_id,
        interest_id,
        'deep' as layer,
        share as score,
        population_share,
        events,
        first_at,
        last_at
    from shares
    where
        kind != 'field'
        and user_events >= {{ recudf.number('deep_min_events') }}
        and sources > 1
        -- a word must be in three of them, and more often than chance would have it: Poisson, two standard deviations
        and (
            kind != 'word'
            or (
                sources > 2
                and weight - user_weight * population_share >= 2 * sqrt(user_weight * population_share)
            )
        )
    union all
    select
        user_id,
        interest_id,
        'surface' as layer,
        recent_share - share as score,
        population_share,
        recent_events as events,
        first_at,
        last_at
    from shares
    where kind != 'field' and recent_share > share
    union all
    select
        shares.user_id,
        shares.interest_id,
        'middle' as layer,
        shares.share as score,
        shares.population_share,
        shares.events,
        shares.first_at,
        shares.last_at
    from shares
    inner join parents on shares.interest_id = parents.parent_id
    union all
    select
        beside.user_id,
        beside.interest_id,
        'middle' as layer,
        (coalesce(own.share, 0) + beside.share) / 2 as score,
        beside.population_share,
        beside.events,
        beside.first_at,
        beside.last_at
    from beside
    left join shares as own on beside.user_id = own.user_id and beside.interest_id = own.interest_id
    union all
    select
        antecedents.user_id,
        rules.interest_id,
        'middle' as layer,
        rules.confidence as score,
        rules.confidence / rules.lift as population_share,
        antecedents.events + consequents.events as events,
        least(antecedents.first_at, consequents.first_at) as first_at,
        greatest(antecedents.last_at, consequents.last_at) as last_at
    from {{ ref('recudf', 'int_interest_rules') }} as rules
    inner join {{ ref('recudf', 'int_event_tokens') }} as antecedents on rules.antecedent = antecedents.token
    inner join {{ ref('recudf', 'int_event_tokens') }} as consequents
        on rules.consequent = consequents.token and antecedents.user_id = consequents.user_id
    where rules.kind != 'item'
)

select * from layers
