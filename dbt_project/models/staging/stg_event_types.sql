-- What each event type means: the seed, the vars over it, and a default for types that neither names.
{%- set is_seen = 'coalesce(known.is_seen, true)' if var('seen_event_types') is none
    else 'seen.event_type is not null' %}

with met as (
    select event_type from {{ ref('recudf', 'stg_interactions') }}
    union
    select event_type from {{ ref('recudf', 'stg_group_interactions') }}
),

weights (event_type, weight) as (
    {{ recudf.event_weight_rows() }}
),

seen (event_type) as (
    {{ recudf.seen_event_type_rows() }}
),

final as (
    select
        met.event_type,
        cast(coalesce(weights.weight, known.weight, {{ recudf.number('default_event_weight') }}) as double) as weight,
        {{ is_seen }} as is_seen,
        coalesce(known.is_rated, false) as is_rated,
        coalesce(known.phrase, 'chose {title} (' || met.event_type || ')') as phrase
    from met
    left join {{ ref('recudf', 'event_types') }} as known on met.event_type = known.event_type
    left join weights on met.event_type = weights.event_type
    left join seen on met.event_type = seen.event_type
)

select * from final
