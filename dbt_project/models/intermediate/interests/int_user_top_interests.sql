-- What each user cares about, best first: topics, categories and words of the deepest layer that they are in, the first
-- topic before the first word. Nothing is said twice: of topics and categories that share a word the best one is here,
-- and of words those that none of them names.
with held as (
    select
        ranked.user_id,
        ranked.interest_id,
        interests.name,
        interests.granularity,
        row_number() over (
            partition by ranked.user_id
            order by
                case ranked.layer when 'deep' then 1 when 'middle' then 2 else 3 end,
                ranked.position, interests.granularity, ranked.interest_id
        ) as position
    from {{ ref('recudf', 'int_user_interests') }} as ranked
    inner join {{ ref('recudf', 'int_interests') }} as interests on ranked.interest_id = interests.interest_id
    where interests.granularity in ('topic', 'word')
),

-- with the blank before it a whole name, which may have no word but "and" and "&"
parts as (
    select
        user_id,
        position,
        granularity,
        {{ recudf.unnest(recudf.split("replace(lower(name), ',', '')", ' ')) }} as part
    from held
    union
    select user_id, position, granularity, ' ' || lower(name) as part from held
),

firsts as (
    select
        parts.user_id,
        parts.part,
        min(parts.position) as position,
        min(case when parts.granularity = 'topic' then parts.position end) as topic_position
    from parts
    left join {{ ref('recudf', 'stop_words') }} as stop_words on parts.part = stop_words.word
    where length(parts.part) > 1 and stop_words.word is null
    group by parts.user_id, parts.part
),

repeated as (
    select distinct
        parts.user_id,
        parts.position
    from parts
    inner join firsts on parts.user_id = firsts.user_id and parts.part = firsts.part
    where
        parts.position > firsts.topic_position
        or (parts.granularity = 'word' and (firsts.topic_position is not null or parts.position > firsts.position))
),

numbered as (
    select
        held.user_id,
        held.interest_id,
        held.name,
        row_number() over (partition by held.user_id order by held.position) as position
    from held
    left join repeated on held.user_id = repeated.user_id and held.position = repeated.position
    where repeated.position is null
)

select * from numbered where position <= 10
