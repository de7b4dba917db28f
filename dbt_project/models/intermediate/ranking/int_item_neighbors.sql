-- Items, and texts of users, with the items that are nearest to them in meaning: fifty each, by cosine.
with candidates as {{ recudf.materialized() }} (
    {{ recudf.index_of(ref('recudf', 'vec_items'), 'item_id', {'handle': 'vector'}) }}
),

sources as (
    select
        'item' as source_kind,
        item_id as source_id,
        cast(vector as {{ recudf.array_of('float') }}) as vector
    from {{ ref('recudf', 'vec_items') }}
    union all
    select
        'text' as source_kind,
        text_hash as source_id,
        cast(vector as {{ recudf.array_of('float') }}) as vector
    from {{ ref('recudf', 'vec_texts') }}
),

nearest as (
    select
        sources.source_kind,
        sources.source_id,
        {{ recudf.unnest_structs(
            'cosine_topk(sources.vector, candidates.handle, 50, '
            ~ "case when sources.source_kind = 'item' then " ~ recudf.array(['sources.source_id']) ~ ' end)'
        ) }}
    from {{ recudf.spread('sources', 'source_id') }}
    cross join candidates
)

select
    source_kind,
    source_id,
    id as item_id,
    score as cosine
from nearest
where score > 0
