-- The largest part of each recommendation's score. The score is a sum:
--   each piece of evidence:  weight x cosine / (strength + shrinkage)
--   popular:                 popularity weight x (blended popularity - that of the k-th item by it)
--   a constant:              popularity weight x that of the k-th item by it, the same for all items,
--                            which therefore cannot be the reason for one of them
-- A user without a vector has no evidence, and recent popularity in place of the blended one, with weight 1.
with vectors as materialized (
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
        list(item_id order by rank) as item_ids
    from {{ ref('recudf', 'int_recommendations_ranked') }}
    group by user_id
),

histories as (
    select
        user_id,
        list(
            struct_pack(kind := kind, ref_id := ref_id, key := {{ recudf.evidence_key() }}, weight := weight)
            order by kind, ref_id
        ) as evidence
    from {{ ref('recudf', 'int_user_evidence') }}
    group by user_id
),

-- one row per recommendation: the cosine of every piece of evidence to the item
compared as (
    select
        recommended.user_id,
        users.strength,
        histories.evidence,
        unnest(recommended.item_ids) as item_id,
        unnest(cosine_matrix(
            list_transform(recommended.item_ids, lambda item_id: 'item:' || item_id),
            list_transform(histories.evidence, lambda piece: piece.key),
            vectors.handle
        )) as cosines
    from recommended
    inner join {{ ref('recudf', 'vec_users') }} as users on recommended.user_id = users.user_id
    inner join histories on recommended.user_id = histories.user_id
    cross join vectors
),

evidence as (
    select
        user_id,
        item_id,
        strength,
        unnest(evidence) as evidence,
        unnest(cosines) as cosine
    from compared
),

parts as (
    select
        user_id,
        item_id,
        evidence.kind,
        evidence.ref_id,
        evidence.weight < 0 as is_unlike,
        round(evidence.weight * cosine / (strength + {{ recudf.number('content_shrinkage') }}), 6) as value
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
    max(struct_pack(value := value, kind := kind, ref_id := ref_id, is_unlike := is_unlike)) as reason
from parts
group by user_id, item_id
