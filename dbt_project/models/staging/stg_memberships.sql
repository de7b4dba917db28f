-- Who belongs to which given group, once each, if it holds at the moment that this build looks from; where nothing is
-- dated there is no such moment, and everything holds.
with source as (
    {{ recudf.select_input('memberships') }}
)

select
    {{ recudf.given_group_id('group_id') }} as group_id,
    user_id,
    case when count(*) = count(valid_from) then min(valid_from) end as valid_from
from source
where
    group_id is not null
    and user_id is not null
    and coalesce({{ recudf.is_visible('valid_from') }}, true)
group by group_id, user_id
