-- Fails where vectors of different encoders meet: only vectors of one fingerprint may be compared.
with used as (
    select 'vec_items' as relation, fingerprint from {{ ref('recudf', 'vec_items') }}
    union
    select 'vec_texts' as relation, fingerprint from {{ ref('recudf', 'vec_texts') }}
    union
    select 'vec_users' as relation, fingerprint from {{ ref('recudf', 'vec_users') }}
    union
    select 'int_group_fits' as relation, fingerprint from {{ ref('recudf', 'int_group_fits') }} where size > 0
),

counted as (
    select count(distinct fingerprint) as fingerprints from used
)

select
    used.relation,
    used.fingerprint
from used
cross join counted
where counted.fingerprints > 1 or used.fingerprint is null
