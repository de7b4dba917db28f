-- User x interest x layer, as shares of the user's weight:
--   deep:    the whole history, an old event less, shrunk to the population's share
--   surface: what the last events have beyond it
--   middle:  a field, and a topic half by its own share and half by its field's, so that what lies beside it counts;
--            likewise a category that others lie in, and those;
--            a rule whose both sides the user does, by its confidence
-- and how the user's texts feel about items (surface) and topics and categories (middle), from -1 to 1
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
        layers.user_id,
        layers.interest_id,
        layers.layer,
        round(layers.score, 6) as score,
        -- beyond what people have on average; what shows on the surface is beyond the user's own already. A word that is
        -- said of everything counts for little
        round(
            case when layers.layer = 'surface' then layers.score else layers.score * ln(layers.score / layers.population_share) end
            * case when layers.interest_id like 'word:%' then coalesce(coherence.coherence, 1) else 1 end, 9
        ) as value,
        case when layers.layer != 'surface' then round(layers.score / layers.population_share, 6) end as lift,
        layers.events,
        layers.first_at,
        layers.last_at
    from layers
    left join {{ ref('recudf', 'int_interest_coherence') }} as coherence on layers.interest_id = coherence.interest_id
),

ranked as (
    select
        rounded.*,
        interests.granularity,
        interests.name as term,
        rounded.user_id || ' ' || rounded.layer as owner_id,
        row_number() over (
            partition by rounded.user_id, rounded.layer, interests.granularity
            order by rounded.value desc, rounded.interest_id
        ) as position
    from rounded
    inner join {{ ref('recudf', 'int_interests') }} as interests on rounded.interest_id = interests.interest_id
    where rounded.value > 0 and (rounded.lift is null or rounded.lift >= 1.2)
),

words as (
    select * from ranked where granularity = 'word' and position <= 3 * {{ recudf.number('interests_per_user') }}
),

united as (
    select * from ({{ recudf.without_shared_words('words') }}) as apart
    union all
    select * from ranked where granularity != 'word'
),

numbered as (
    select
        user_id,
        interest_id,
        layer,
        score,
        value,
        lift,
        cast(null as string) as emotion,
        events,
        first_at,
        last_at,
        granularity,
        row_number() over (partition by user_id, layer, granularity order by position) as position
    from united
    union all
    -- a strong feeling about what was written of often comes first; what is said of an item shows as it is
    select
        user_id,
        interest_id,
        case when subject_kind = 'item' then 'surface' else 'middle' end as layer,
        polarity as score,
        round(abs(polarity) * texts / (texts + 1), 9) as value,
        null as lift,
        emotion,
        texts as events,
        first_at,
        last_at,
        'sentiment' as granularity,
        row_number() over (
            partition by user_id, subject_kind = 'item'
            order by round(abs(polarity) * texts / (texts + 1), 9) desc, interest_id
        ) as position
    from {{ ref('recudf', 'int_user_sentiments') }}
)

select * from numbered where position <= {{ recudf.number('interests_per_user') }}
