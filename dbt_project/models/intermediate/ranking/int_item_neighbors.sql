-- Items, and texts of users, with the items that are nearest to them in meaning of those that may be recommended: fifty
-- each, by cosine.
with available as (
    select vectors.*
    from {{ ref('recudf', 'vec_items') }} as vectors
    inner join {{ ref('recudf', 'int_item_points') }} as points on vectors.item_id = points.item_id
),

candidates as {{ recudf.materialized() }} (
    {{ recudf.index_of('available', 'item_id', {'handle': 'vector'}) }}
),

vectors as (
    {{ recudf.evidence_vectors() }}
),

sources as (
    select
        kind as source_kind,
        vector_id as source_id,
        vector
    from vectors
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
