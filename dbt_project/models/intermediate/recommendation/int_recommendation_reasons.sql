-- The largest part of each recommendation's score. The score is a sum:
--   each piece of evidence:  weight x cosine / (strength + shrinkage)
--   popular:                 popularity weight x (blended popularity - that of the k-th item by it)
--   a constant:              popularity weight x that of the k-th item by it, the same for all items,
--                            which therefore cannot be the reason for one of them
-- A user without a vector has no evidence, and recent popularity in place of the blended one, with weight 1.
with vectors as (
    {{ recudf.evidence_vectors() }}
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

parts as (
    select
        ranked.user_id,
        ranked.item_id,
        evidence.kind,
        evidence.ref_id,
        evidence.weight < 0 as is_unlike,
        round(
            evidence.weight * list_inner_product(vectors.vector, items.vector)
            / (users.strength + {{ recudf.number('content_shrinkage') }}), 6
        ) as value
    from {{ ref('recudf', 'int_recommendations_ranked') }} as ranked
    inner join {{ ref('recudf', 'vec_items') }} as items on ranked.item_id = items.item_id
    inner join {{ ref('recudf', 'vec_users') }} as users on ranked.user_id = users.user_id
    inner join {{ ref('recudf', 'int_user_evidence') }} as evidence on ranked.user_id = evidence.user_id
    inner join vectors on evidence.kind = vectors.kind and evidence.vector_id = vectors.vector_id
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
    max(struct_pack(value := value, kind := kind, ref_id := ref_id, is_unlike := is_unlike)) as reason
from parts
group by user_id, item_id
