-- The moment a build looks from: the var `as_of`, else the latest dated event or text. One row.
{%- if var('as_of') is none %}
with dated as (
    select occurred_at from ({{ recudf.select_input('interactions') }}) as interactions
    union all
    select created_at from ({{ recudf.select_input('texts') }}) as texts
)

select
    max(occurred_at) as as_of,
    false as is_replay
from dated
where {{ recudf.has_possible_time('occurred_at') }}
{%- else %}
select
    {{ recudf.timestamp_literal(var('as_of'), 'as_of') }} as as_of,
    true as is_replay
{%- endif %}
