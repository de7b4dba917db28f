-- User x subject: how positive or negative the user's texts about it are, and the emotion most of them show. Subjects
-- are items that texts are about, the categories of these, and the topics of the texts.
with texts as (
    select
        texts.user_id,
        texts.text_id,
        texts.text_hash,
        texts.item_id,
        texts.created_at,
        sentiments.polarity,
        sentiments.emotion
    from {{ ref('recudf', 'stg_texts') }} as texts
    inner join {{ ref('recudf', 'int_text_sentiments') }} as sentiments on texts.text_hash = sentiments.text_hash
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on texts.user_id = users.user_id
    where sentiments.polarity is not null and not users.is_bot
),

subjects as (
    select texts.text_id, 'item' as subject_kind, texts.item_id as subject_id
    from texts
    inner join {{ ref('recudf', 'stg_items') }} as items on texts.item_id = items.item_id
    union all
    select texts.text_id, 'category' as subject_kind, interests.interest_id as subject_id
    from texts
    inner join {{ ref('recudf', 'int_interest_sources') }} as interests
        on texts.item_id = interests.source_id and interests.source_kind = 'item' and interests.kind = 'category'
    union all
    select texts.text_id, 'topic' as subject_kind, topics.topic_id as subject_id
    from texts
    inner join {{ ref('recudf', 'int_topic_sources') }} as topics
        on texts.text_hash = topics.source_id and topics.source_kind = 'text'
),

emotions as (
    select
        texts.user_id,
        subjects.subject_kind,
        subjects.subject_id,
        texts.emotion,
        row_number() over (
            partition by texts.user_id, subjects.subject_kind, subjects.subject_id
            order by count(*) desc, texts.emotion
        ) as position
    from subjects
    inner join texts on subjects.text_id = texts.text_id
    where texts.emotion is not null and texts.emotion != 'neutral'
    group by texts.user_id, subjects.subject_kind, subjects.subject_id, texts.emotion
)

select
    texts.user_id,
    subjects.subject_kind,
    subjects.subject_id,
    'sentiment:' || case when subjects.subject_kind = 'item' then 'item:' else '' end
    || subjects.subject_id as interest_id,
    -- a mean of two ends in half of the last digit: rounded twice, so that the order of adding does not decide on it
    round(round(avg(texts.polarity), 9), 6) as polarity,
    max(emotions.emotion) as emotion,
    count(*) as texts,
    min(texts.created_at) as first_at,
    max(texts.created_at) as last_at
from subjects
inner join texts on subjects.text_id = texts.text_id
left join emotions
    on
        texts.user_id = emotions.user_id
        and subjects.subject_kind = emotions.subject_kind
        and subjects.subject_id = emotions.subject_id
        and emotions.position = 1
group by texts.user_id, subjects.subject_kind, subjects.subject_id
