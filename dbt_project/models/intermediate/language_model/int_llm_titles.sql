-- The titles that a language model is told: of a topic or field those of the items nearest its centroid, of a group
-- those by which it stands out, of a user those that weigh most.
with vectors as (
    select
        items.item_id,
        vectors.vector
    from {{ ref('recudf', 'vec_items') }} as vectors
    inner join {{ ref('recudf', 'stg_items') }} as items on vectors.item_id = items.item_id
    where items.title is not null
),

catalogue as {{ recudf.materialized() }} (
    {{ recudf.index_of('vectors', 'item_id', {'handle': 'vector'}) }}
),

subjects as (
    select 'topic' as kind, topic_id as subject_id, centroid from {{ ref('recudf', 'int_topic_fits') }} where size > 0
    union all
    select 'topic' as kind, field_id as subject_id, centroid from {{ ref('recudf', 'int_field_fits') }} where size > 0
),

searched as {{ recudf.materialized() }} (
    select
        subjects.kind,
        subjects.subject_id,
        cosine_topk(subjects.centroid, catalogue.handle, 8) as items
    from subjects
    cross join catalogue
),

nearest as (
    select kind, subject_id, {{ recudf.unnest_structs('items') }} from searched
),

chosen as (
    select
        'user' as kind,
        sources.user_id as subject_id,
        sources.source_id as id,
        row_number() over (
            partition by sources.user_id order by sources.deep_weight desc, sources.source_id
        ) as rank
    from {{ ref('recudf', 'int_user_sources') }} as sources
    inner join {{ ref('recudf', 'stg_items') }} as items on sources.source_id = items.item_id
    where sources.source_kind = 'item' and sources.deep_weight > 0 and items.title is not null
),

united as (
    select kind, subject_id, id, rank from nearest
    union all
    select 'group' as kind, group_id as subject_id, item_id as id, position as rank
    from {{ ref('recudf', 'int_group_favourites') }}
    where position <= 8
    union all
    select kind, subject_id, id, rank from chosen where rank <= 12
)

select
    united.kind,
    united.subject_id,
    -- a title as long as a text is one
    left(items.title, 120) as title,
    united.rank as position
from united
inner join {{ ref('recudf', 'stg_items') }} as items on united.id = items.item_id
