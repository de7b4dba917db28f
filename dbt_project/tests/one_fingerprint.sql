-- Fails where vectors of different encoders meet: only vectors of one fingerprint may be compared.
with used as (
    select 'vec_items' as relation, fingerprint from {{ ref('recudf', 'vec_items') }}
    union
    select 'vec_texts' as relation, fingerprint from {{ ref('recudf', 'vec_texts') }}
    union
    select 'vec_users' as relation, fingerprint from {{ ref('recudf', 'vec_users') }}
    union
    select 'int_group_fits' as relation, fingerprint from {{ ref('recudf', 'int_group_fits') }}
)

select
    relation,
    fingerprint
from used
where (select count(distinct fingerprint) from used) > 1 or fingerprint is null
