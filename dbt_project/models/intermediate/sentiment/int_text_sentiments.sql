-- How positive or negative each text is, and which emotion it shows.
-- polarity = tanh(score / 2); the score is what sentiment_fit says, from int_sentiment_weights. NULL where nothing of
-- the text has a weight. emotion: that of int_text_emotions, NULL where none is near.
with texts as (
    select
        texts.text_hash,
        texts.text,
        embeddings.vector
    from (select text_hash, min(text) as text from {{ ref('recudf', 'stg_texts') }} group by text_hash) as texts
    left join {{ ref('recudf', 'int_embeddings_in_use') }} as embeddings on texts.text_hash = embeddings.text_hash
),

fit as {{ recudf.materialized() }} (
    select
        max(case when kind = 'method' then name end) as method,
        max(case when kind = 'intercept' and name = 'vector' then weight end) as of_vector,
        max(case when kind = 'intercept' and name = 'ngrams' then weight end) as of_ngrams,
        max(case when kind = 'negation' then weight end) as negation
    from {{ ref('recudf', 'int_sentiment_weights') }}
    where kind in ('method', 'intercept', 'negation')
),

direction as {{ recudf.materialized() }} (
    select {{ recudf.array_in_order('weight', ['cast(name as integer)']) }} as vector
    from {{ ref('recudf', 'int_sentiment_weights') }}
    where kind = 'vector'
),

ngrams as (
    select
        text_hash,
        {{ recudf.unnest('ngrams(text)') }} as name
    from texts
),

weighed as (
    select
        ngrams.text_hash,
        sum(weights.weight) / sqrt(count(weights.weight)) as score,
        -- a single word or character holds no blank
        avg(
            case
                when ngrams.name like '% %' then null
                when substr(ngrams.name, 1, 4) = 'not_' then 1e0
                else 0e0
            end
        ) as negated
    from ngrams
    left join {{ ref('recudf', 'int_sentiment_weights') }} as weights
        on ngrams.name = weights.name and weights.kind = 'ngram'
    group by ngrams.text_hash
),

scored as (
    select
        texts.text_hash,
        fit.method,
        (fit.of_vector + {{ recudf.inner_product('texts.vector', 'direction.vector') }})
        * (1 + fit.negation * coalesce(weighed.negated, 0)) as of_vector,
        weighed.score as of_ngrams,
        fit.of_ngrams as of_all
    from texts
    cross join fit
    cross join direction
    left join weighed on texts.text_hash = weighed.text_hash
)

select
    scored.text_hash,
    -- rounded, so that the order in which the weights are added up does not show
    case
        when scored.of_vector is not null or scored.of_ngrams is not null
            then round(tanh((coalesce(scored.of_vector, 0) + coalesce(scored.of_ngrams, 0) + scored.of_all) / 2), 6)
    end as polarity,
    emotions.emotion,
    emotions.score as emotion_score,
    coalesce(scored.method, 'none') as method
from scored
left join {{ ref('recudf', 'int_text_emotions') }} as emotions on scored.text_hash = emotions.text_hash
