-- The largest part of each recommendation's score. The score is a sum:
--   each piece of evidence:  weight x cosine / (strength + shrinkage)
--   popular:                 popularity weight x (blended popularity - that of the k-th item by it)
--   a constant:              popularity weight x that of the k-th item by it, the same for all items,
--                            which therefore cannot be the reason for one of them
-- A user without a vector has no evidence, and recent popularity in place of the blended one, with weight 1.
{%- set piece = recudf.struct({'kind': 'kind', 'ref_id': 'ref_id', 'key': recudf.evidence_key(), 'weight': 'weight'}) %}

with vectors as {{ recudf.materialized() }} (
    {{ recudf.evidence_index() }}
),

base as (
    select coalesce(min(blended_popularity), 0) as blended_popularity
    from (
        select blended_popularity
        from {{ ref('recudf', 'int_item_popularity') }}
        where blended_popularity > 0
        order by blended_popularity desc
        limit {{ recudf.number('recommendations_per_user') }}
    ) as most_popular
),

recommended as (
    select
        user_id,
        {{ recudf.array_in_order('item_id', ['rank']) }} as item_ids
    from {{ ref('recudf', 'int_recommendations_ranked') }}
    group by user_id
),

histories as (
    select
        user_id,
        {{ recudf.array_in_order(piece, ['kind', 'ref_id']) }} as evidence
    from {{ ref('recudf', 'int_user_evidence') }}
    group by user_id
),

compared as (
    select
        recommended.user_id,
        users.strength,
        histories.evidence,
        recommended.item_ids,
        cosine_matrix(
            {{ recudf.array_map('recommended.item_ids', 'item_id', "'item:' || item_id") }},
            {{ recudf.array_map('histories.evidence', 'piece', 'piece.key') }},
            vectors.handle
        ) as matrix
    from recommended
    inner join {{ ref('recudf', 'vec_users') }} as users on recommended.user_id = users.user_id
    inner join histories on recommended.user_id = histories.user_id
    cross join vectors
),

-- one row per recommendation: the cosine of every piece of evidence to the item
items as (
    select
        user_id,
        strength,
        evidence,
        {{ recudf.unnest_together({'item_id': 'item_ids', 'cosines': 'matrix'}) }}
    from compared
),

evidence as (
    select
        user_id,
        item_id,
        strength,
        {{ recudf.unnest_together({'piece': 'evidence', 'cosine': 'cosines'}) }}
    from items
),

parts as (
    select
        user_id,
        item_id,
        piece.kind,
        piece.ref_id,
        piece.weight < 0 as is_unlike,
        round(piece.weight * cosine / (strength + {{ recudf.number('content_shrinkage') }}), 6) as value
    from evidence
    where cosine is not null
    union all
    select
        ranked.user_id,
        ranked.item_id,
        'popular' as kind,
        null as ref_id,
        false as is_unlike,
        round(
            {{ recudf.number('popularity_weight') }} * (popularity.blended_popularity - base.blended_popularity), 6
        ) as value
    from {{ ref('recudf', 'int_recommendations_ranked') }} as ranked
    inner join {{ ref('recudf', 'int_item_popularity') }} as popularity on ranked.item_id = popularity.item_id
    cross join base
)

select
    user_id,
    item_id,
    max({{ recudf.struct({'value': 'value', 'kind': 'kind', 'ref_id': 'ref_id', 'is_unlike': 'is_unlike'}) }}) as reason
from parts
group by user_id, item_id
