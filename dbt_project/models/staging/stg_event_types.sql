-- What each event type means: the seed, the vars over it, and a default for types that neither names.
with met as (
    select distinct event_type from {{ ref('stg_interactions') }}
),

weights (event_type, weight) as (
    {%- for event_type, weight in var('event_weights').items() %}
    select {{ dbt.string_literal(event_type | lower | replace("'", "''")) }}, cast({{ weight | float }} as double)
    {%- if not loop.last %} union all {% endif %}
    {%- else %}
    select cast(null as varchar), cast(null as double) where false
    {%- endfor %}
),

seen (event_type) as (
    {%- for event_type in var('seen_event_types') or [] %}
    select {{ dbt.string_literal(event_type | lower | replace("'", "''")) }}
    {%- if not loop.last %} union all {% endif %}
    {%- else %}
    select cast(null as varchar) where false
    {%- endfor %}
)

select
    met.event_type,
    cast(coalesce(weights.weight, known.weight, {{ recudf.number('default_event_weight') }}) as double) as weight,
    {%- if var('seen_event_types') is none %}
    coalesce(known.is_seen, true) as is_seen,
    {%- else %}
    seen.event_type is not null as is_seen,
    {%- endif %}
    coalesce(known.is_rated, false) as is_rated,
    coalesce(known.phrase, 'chose {title} (' || met.event_type || ')') as phrase
from met
left join {{ ref('event_types') }} as known on met.event_type = known.event_type
left join weights on met.event_type = weights.event_type
left join seen on met.event_type = seen.event_type
