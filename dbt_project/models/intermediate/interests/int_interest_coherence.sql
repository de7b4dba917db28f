-- How much the items and texts with a word, or of a category, are alike: the mean cosine of all pairs of them, centred
-- on what is common. Words that are said of everything have hardly any, whatever their number.
-- n unit vectors with the mean m: (n |m|^2 - 1) / (n - 1), of which few sources prove little: times n / (n + 10).
with vectors as {{ recudf.materialized() }} (
    {{ recudf.evidence_index() }}
),

present as (
    select 'item' as source_kind, item_id as source_id from {{ ref('recudf', 'vec_items') }}
    union all
    select 'text' as source_kind, text_hash as source_id from {{ ref('recudf', 'vec_texts') }}
),

listed as (
    select
        sources.interest_id,
        {{ recudf.array_in_order(
            "sources.source_kind || ':' || sources.source_id", ['sources.source_kind', 'sources.source_id']
        ) }} as ids,
        cast(count(*) as double) as n
    from {{ ref('recudf', 'int_interest_sources') }} as sources
    inner join present
        on sources.source_kind = present.source_kind and sources.source_id = present.source_id
    where sources.kind in ('word', 'category')
    group by sources.interest_id
    having count(*) > 1
),

means as {{ recudf.materialized() }} (
    select
        listed.interest_id,
        listed.n,
        vector_mean_of(listed.ids, vectors.handle) as vector
    from listed
    cross join vectors
)

select
    interest_id,
    greatest(
        round((n * {{ recudf.inner_product('vector', 'vector') }} - 1) / (n - 1) * n / (n + 10), 6), 0
    ) as coherence
from means
