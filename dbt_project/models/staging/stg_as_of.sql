-- The moment a build looks from: the var `as_of`, else the latest dated event, of a user or a group, or text. One row.
{%- do recudf.check_user_key(this) %}
{%- set is_replay = var('as_of') is not none %}
{%- set as_of = recudf.timestamp_literal(var('as_of'), 'as_of') if is_replay else 'cast(null as timestamp)' %}

with interactions as (
    {{ recudf.select_input('interactions') }}
),

texts as (
    {{ recudf.select_input('texts') }}
),

group_interactions as (
    {{ recudf.select_input('group_interactions') }}
),

dated as (
    select occurred_at from interactions
    union all
    select occurred_at from group_interactions
    union all
    select created_at from texts
)

select
    coalesce({{ as_of }}, max(occurred_at)) as as_of,
    {{ is_replay | lower }} as is_replay,
    {{ 'user_key_fingerprint()' if recudf.has_pseudonyms() else 'cast(null as string)' }} as user_key
from dated
where {{ recudf.has_possible_time('occurred_at') }}
