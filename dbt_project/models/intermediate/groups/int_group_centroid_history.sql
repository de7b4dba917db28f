-- Where the discovered groups were when: each build adds its centroids, in place of an earlier build's of the same
-- moment.
select
    group_id,
    centroid,
    fingerprint,
    (select as_of from {{ ref('recudf', 'stg_as_of') }}) as as_of
from {{ ref('recudf', 'int_group_fits') }}
where is_group and (select as_of from {{ ref('recudf', 'stg_as_of') }}) is not null
