-- Texts that tell of an item which their user rated: 1 where the rating is above the middle between rating_threshold
-- and the top of its scale, -1 where it is below the threshold. What lies between says neither and is left out, as are
-- texts that ratings disagree about. At most sentiment_labels_per_side of each, by hash.
with ratings as (
    select
        user_id,
        item_id,
        avg(
            case
                when value < {{ recudf.number('rating_threshold') }} then -1e0
                when value > ({{ recudf.number('rating_threshold') }} + highest_value) / 2 then 1e0
                else 0e0
            end
        ) as label
    from {{ ref('recudf', 'int_interactions_weighted') }}
    where is_rated
    group by user_id, item_id
),

rated as (
    select
        texts.text_hash,
        min(texts.text) as text,
        case when sum(ratings.label) > 0 then 1 else -1 end as label
    from {{ ref('recudf', 'stg_texts') }} as texts
    inner join ratings on texts.user_id = ratings.user_id and texts.item_id = ratings.item_id
    group by texts.text_hash
    having sum(ratings.label) != 0
),

ranked as (
    select
        *,
        row_number() over (partition by label order by text_hash) as position
    from rated
)

select
    text_hash,
    text,
    label
from ranked
where position <= {{ recudf.number('sentiment_labels_per_side') }}
