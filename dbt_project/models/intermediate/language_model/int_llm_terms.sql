-- The words that a language model is told of topics, fields and groups, and the topics of users: words of titles,
-- descriptions and categories of items, and others only where enough people wrote them.
with listed as (
    select
        terms.phrase as term
    from {{ ref('recudf', 'int_source_terms') }} as sources
    inner join {{ ref('recudf', 'int_terms') }} as terms on sources.key = terms.key
    inner join {{ ref('recudf', 'stg_items') }} as items
        on sources.source_kind = 'item' and sources.source_id = items.item_id
    where items.title is not null or items.description is not null
    union
    select terms.phrase as term
    from {{ ref('recudf', 'int_source_terms') }} as sources
    inner join {{ ref('recudf', 'int_terms') }} as terms on sources.key = terms.key
    inner join {{ ref('recudf', 'stg_texts') }} as texts
        on sources.source_kind = 'text' and sources.source_id = texts.text_hash
    group by terms.phrase
    having count(distinct texts.user_id) >= {{ recudf.number('min_group_size') }}
),

topics as (
    select
        owned.interest_id as subject_id,
        owned.term,
        row_number() over (partition by owned.interest_id order by owned.position) as position
    from {{ ref('recudf', 'int_interest_terms') }} as owned
    left join listed on owned.term = listed.term
    where owned.is_category or listed.term is not null
),

named as (
    select
        subject_id,
        {{ recudf.joined_in_order('term', 'position') }} as name
    from topics
    where position <= 4
    group by subject_id
),

groups as (
    select
        owner_id as subject_id,
        word as term,
        row_number() over (partition by owner_id order by position) as position
    from {{ ref('recudf', 'int_group_words') }}
    where word in (select word from {{ ref('recudf', 'int_item_words') }} where kind != 'text')
),

people as (
    select
        user_id,
        max(user_events) as events
    from {{ ref('recudf', 'int_user_interest_weights') }}
    group by user_id
    having max(user_events) >= {{ recudf.number('deep_min_events') }}
    order by events desc, user_id
    limit {{ recudf.number('llm_users') }}
),

users as (
    select
        weights.user_id as subject_id,
        named.name as term,
        row_number() over (partition by weights.user_id order by weights.weight desc, weights.interest_id) as position
    from {{ ref('recudf', 'int_user_interest_weights') }} as weights
    inner join people on weights.user_id = people.user_id
    inner join {{ ref('recudf', 'int_topic_fits') }} as fits on weights.interest_id = fits.topic_id
    inner join named on weights.interest_id = named.subject_id
)

select 'topic' as kind, subject_id, term, position from topics where position <= 10
union all
select 'group' as kind, subject_id, term, position from groups where position <= 10
union all
select 'user' as kind, subject_id, term, position from users where position <= 5
