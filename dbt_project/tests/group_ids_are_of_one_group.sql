-- An id of a discovered group is never given to another one: all moments of it are of one encoder's vectors.
select group_id
from {{ ref('recudf', 'int_group_centroid_history') }}
group by group_id
having count(distinct fingerprint) > 1
