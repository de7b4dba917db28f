-- Which items and texts stand for which interest: words, topics found, the fields these lie in, the categories that
-- items come with, and those that a taxonomy says these lie in.
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

-- with those that they lie in, two levels up
lifted as (
    select
        categories.item_id,
        categories.category,
        parents.parent,
        grandparents.parent as grandparent
    from {{ ref('recudf', 'int_item_categories') }} as categories
    left join {{ ref('recudf', 'stg_taxonomy') }} as parents on categories.category = parents.category
    left join {{ ref('recudf', 'stg_taxonomy') }} as grandparents on parents.parent = grandparents.category
    where categories.is_named
),

every_category as (
    select item_id, category from lifted
    union
    select item_id, parent as category from lifted where parent is not null
    union
    select item_id, grandparent as category from lifted where grandparent is not null
),

united as (
    select 'word' as kind, terms.key as name, sources.source_kind, sources.source_id
    from {{ ref('recudf', 'int_source_terms') }} as sources
    inner join {{ ref('recudf', 'int_terms') }} as terms on sources.key = terms.key
    union all
    select 'topic' as kind, topic_id as name, source_kind, source_id from topics
    union all
    select 'field' as kind, field_id as name, source_kind, source_id from topics where field_id is not null
    union all
    select 'category' as kind, category as name, 'item' as source_kind, item_id as source_id from every_category
)

select
    case when kind in ('word', 'category') then kind || ':' || name else name end as interest_id,
    kind,
    name,
    source_kind,
    source_id
from united
