-- The moment a build looks from: the var `as_of`, else the latest dated event or text. One row.
with dated as (
    select occurred_at from ({{ recudf.select_input('interactions') }}) as interactions
    union all
    select created_at from ({{ recudf.select_input('texts') }}) as texts
)

select
    {%- if var('as_of') is none %}
    max(occurred_at) as as_of,
    false as is_replay
    {%- else %}
    {{ recudf.timestamp_literal(var('as_of'), 'as_of') }} as as_of,
    true as is_replay
    {%- endif %}
from dated
where {{ recudf.has_possible_time('occurred_at') }}
