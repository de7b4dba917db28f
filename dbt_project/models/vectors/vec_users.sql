-- One vector per user, unit length: the sum of weight x vector over the evidence.
-- strength is the length of that sum: how much evidence there is, and how much it agrees.
with vectors as (
    {{ recudf.evidence_vectors() }}
),

summed as (
    select
        evidence.user_id,
        vector_mean(
            list(vectors.vector order by evidence.kind, evidence.ref_id),
            list(evidence.weight order by evidence.kind, evidence.ref_id)
        ) as vector,
        sum(abs(evidence.weight)) as weight
    from {{ ref('recudf', 'int_user_evidence') }} as evidence
    inner join vectors on evidence.kind = vectors.kind and evidence.vector_id = vectors.vector_id
    group by evidence.user_id
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
