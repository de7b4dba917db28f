-- One vector per user, unit length: the sum of weight x vector over the evidence.
-- strength is the length of that sum: how much evidence there is, and how much it agrees.
with vectors as {{ recudf.materialized() }} (
    {{ recudf.evidence_index() }}
),

histories as (
    select
        user_id,
        {{ recudf.array_in_order(recudf.evidence_key(), ['kind', 'ref_id']) }} as evidence_keys,
        {{ recudf.array_in_order('weight', ['kind', 'ref_id']) }} as weights,
        round(sum(abs(weight)), 9) as weight
    from {{ ref('recudf', 'int_user_evidence') }}
    group by user_id
),

summed as {{ recudf.materialized() }} (
    select
        histories.user_id,
        vector_mean_of(histories.evidence_keys, vectors.handle, histories.weights) as vector,
        histories.weight
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
    sqrt({{ recudf.inner_product('summed.vector', 'summed.vector') }}) * summed.weight as strength
from summed
cross join encoder
where {{ recudf.inner_product('summed.vector', 'summed.vector') }} > 1e-12
