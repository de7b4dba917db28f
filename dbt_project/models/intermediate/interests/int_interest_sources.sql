-- Which items and texts stand for which interest: words, topics found, the fields these lie in, and the categories
-- that items come with.
with topics as (
    select
        sources.source_kind,
        sources.source_id,
        sources.topic_id,
        fields.field_id
    from {{ ref('recudf', 'int_topic_sources') }} as sources
    left join (
        select field_id, {{ recudf.unnest('members') }} as topic_id from {{ ref('recudf', 'int_field_fits') }}
    ) as fields on sources.topic_id = fields.topic_id
),

categories as (
    select item_id, {{ recudf.unnest(recudf.split('category', '|')) }} as category
    from {{ ref('recudf', 'stg_items') }}
    where category is not null
),

united as (
    select 'word' as kind, terms.key as name, sources.source_kind, sources.source_id
    from {{ ref('recudf', 'int_source_terms') }} as sources
    inner join {{ ref('recudf', 'int_terms') }} as terms on sources.key = terms.key
    union all
    select 'topic' as kind, topic_id as name, source_kind, source_id from topics
    union all
    select 'field' as kind, field_id as name, source_kind, source_id from topics where field_id is not null
    union
    select 'category' as kind, trim(category) as name, 'item' as source_kind, item_id as source_id
    from categories
    where trim(category) != ''
)

select
    case when kind in ('word', 'category') then kind || ':' || name else name end as interest_id,
    kind,
    name,
    source_kind,
    source_id
from united
