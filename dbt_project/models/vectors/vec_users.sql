-- One vector per user, unit length: the sum of weight x vector over the evidence.
-- strength is the length of that sum: how much evidence there is, and how much it agrees.
with vectors as materialized (
    {{ recudf.evidence_index() }}
),

histories as (
    select
        user_id,
        list(struct_pack(key := {{ recudf.evidence_key() }}, weight := weight) order by kind, ref_id) as evidence
    from {{ ref('recudf', 'int_user_evidence') }}
    group by user_id
),

summed as materialized (
    select
        histories.user_id,
        vector_mean_of(
            list_transform(histories.evidence, lambda piece: piece.key),
            vectors.handle,
            list_transform(histories.evidence, lambda piece: piece.weight)
        ) as vector,
        list_sum(list_transform(histories.evidence, lambda piece: abs(piece.weight))) as weight
    from histories
    cross join vectors
),

encoder as (
    select min(fingerprint) as fingerprint
    from (
        select fingerprint from {{ ref('recudf', 'vec_items') }}
        union all
        select fingerprint from {{ ref('recudf', 'vec_texts') }}
    ) as used
)

select
    summed.user_id,
    cast(vector_unit(summed.vector) as {{ recudf.vector_type() }}) as vector,
    encoder.fingerprint,
    sqrt(list_inner_product(cast(summed.vector as double[]), cast(summed.vector as double[]))) * summed.weight
        as strength
from summed
cross join encoder
where list_inner_product(summed.vector, summed.vector) > 1e-12
