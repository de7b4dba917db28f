-- Who was in which group when: each build adds its members, in place of an earlier build's of the same moment.
-- What is forgotten before that: see the macro forget_members.
select
    group_id,
    user_id,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'fct_group_members') }}
where as_of is not null
