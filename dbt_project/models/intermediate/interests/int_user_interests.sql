-- User x interest x layer, as shares of the user's weight:
--   deep:    the whole history, an old event less, shrunk to the population's share
--   surface: what the last events have beyond it
--   middle:  a field, and a topic half by its own share and half by its field's, so that what lies beside it counts;
--            likewise a category that others lie in, and those;
--            a rule whose both sides the user does, by its confidence
{%- set shrinkage = recudf.number('interest_shrinkage') %}
with shares as (
    select
        weights.*,
        interests.kind,
        interests.parent_id,
        interests.population_share,
        (weights.weight + {{ shrinkage }} * interests.population_share) / (weights.user_weight + {{ shrinkage }}) as share,
        case when weights.user_recent_weight > 0 then weights.recent_weight / weights.user_recent_weight end as recent_share
    from {{ ref('recudf', 'int_user_interest_weights') }} as weights
    inner join {{ ref('recudf', 'int_interests') }} as interests on weights.interest_id = interests.interest_id
),

parents as (
    select distinct parent_id from {{ ref('recudf', 'int_interests') }} where parent_id is not null
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
    where topics.population_share > 0
),

layers as (
    select
        user_id, interest_id, 'deep' as layer, share as score, population_share, events, first_at, last_at
    from shares
    where
        kind != 'field'
        and user_events >= {{ recudf.number('deep_min_events') }}
        and sources > 1
        -- a word must be there more often than chance would have it: Poisson, two standard deviations
        and (kind != 'word' or weight - user_weight * population_share >= 2 * sqrt(user_weight * population_share))
    union all
    select
        user_id, interest_id, 'surface' as layer, recent_share - share as score, population_share,
        recent_events as events, first_at, last_at
    from shares
    where kind != 'field' and recent_share > share
    union all
    select
        shares.user_id, shares.interest_id, 'middle' as layer, share as score, population_share, events, first_at, last_at
    from shares
    inner join parents on shares.interest_id = parents.parent_id
    union all
    select
        beside.user_id, beside.interest_id, 'middle' as layer,
        (coalesce(own.share, 0) + beside.share) / 2 as score,
        beside.population_share, beside.events, beside.first_at, beside.last_at
    from beside
    left join shares as own on beside.user_id = own.user_id and beside.interest_id = own.interest_id
    union all
    select
        antecedents.user_id, rules.interest_id, 'middle' as layer, rules.confidence as score,
        rules.confidence / rules.lift as population_share, antecedents.events + consequents.events as events,
        least(antecedents.first_at, consequents.first_at) as first_at,
        greatest(antecedents.last_at, consequents.last_at) as last_at
    from {{ ref('recudf', 'int_interest_rules') }} as rules
    inner join {{ ref('recudf', 'int_event_tokens') }} as antecedents on rules.antecedent = antecedents.token
    inner join {{ ref('recudf', 'int_event_tokens') }} as consequents
        on rules.consequent = consequents.token and antecedents.user_id = consequents.user_id
),

rounded as (
    select
        user_id,
        interest_id,
        layer,
        round(score, 6) as score,
        -- beyond what people have on average; what shows on the surface is beyond the user's own already
        round(case when layer = 'surface' then score else score * ln(score / population_share) end, 6) as value,
        case when layer != 'surface' then round(score / population_share, 6) end as lift,
        events,
        first_at,
        last_at
    from layers
),

ranked as (
    select
        rounded.*,
        interests.granularity,
        row_number() over (
            partition by rounded.user_id, rounded.layer, interests.granularity
            order by rounded.value desc, rounded.interest_id
        ) as position
    from rounded
    inner join {{ ref('recudf', 'int_interests') }} as interests on rounded.interest_id = interests.interest_id
    where rounded.value > 0 and (rounded.lift is null or rounded.lift >= 1.2)
)

select * from ranked where position <= {{ recudf.number('interests_per_user') }}
