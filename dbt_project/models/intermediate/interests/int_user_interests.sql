-- User x interest x layer, the best of each granularity: what is larger than people have it on average, most of all;
-- and how the user's texts feel about items (surface), topics and categories (middle), from -1 to 1.
with rounded as (
    select
        layers.user_id,
        layers.interest_id,
        layers.layer,
        round(layers.score, 6) as score,
        -- beyond what people have on average; what shows on the surface is beyond the user's own already. A word that
        -- is said of everything counts for little
        round(
            layers.score
            * case when layers.layer = 'surface' then 1 else ln(layers.score / layers.population_share) end
            * case when layers.interest_id like 'word:%' then coalesce(coherence.coherence, 1) else 1 end, 9
        ) as value,
        case when layers.layer != 'surface' then round(layers.score / layers.population_share, 6) end as lift,
        layers.events,
        layers.first_at,
        layers.last_at
    from {{ ref('recudf', 'int_user_interest_layers') }} as layers
    left join {{ ref('recudf', 'int_interest_coherence') }} as coherence
        on layers.interest_id = coherence.interest_id
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
