with ranked as (
    select
        ranked.user_id,
        ranked.item_id,
        ranked.rank,
        ranked.score,
        {{ recudf.recommendation_probability() }} as probability,
        coalesce(reasons.reason.kind, 'popular') as reason_kind,
        reasons.reason.ref_id as reason_ref_id,
        coalesce(reasons.reason.is_unlike, false) as is_unlike,
        {{ recudf.recommendation_source() }} as source
    from {{ recudf.recommended() }} as ranked
    left join {{ recudf.reasoned() }} as reasons
        on ranked.user_id = reasons.user_id and ranked.item_id = reasons.item_id
    left join {{ ref('recudf', 'vec_users') }} as vectors on ranked.user_id = vectors.user_id
    where ranked.rank <= {{ recudf.number('recommendations_per_user') }}
)

select
    ranked.user_id,
    ranked.item_id,
    ranked.rank,
    ranked.score,
    ranked.probability,
    {{ recudf.reason_sentence() }} as reason,
    ranked.reason_kind,
    ranked.reason_ref_id,
    items.title as item_title,
    items.category as item_category,
    ranked.source,
    {{ recudf.run_columns() }}
from ranked
inner join {{ ref('recudf', 'stg_items') }} as items on ranked.item_id = items.item_id
left join {{ ref('recudf', 'int_user_items') }} as history
    on
        ranked.reason_kind = 'item'
        and ranked.user_id = history.user_id
        and ranked.reason_ref_id = history.item_id
left join {{ ref('recudf', 'stg_event_types') }} as types on history.event_type = types.event_type
left join {{ ref('recudf', 'stg_texts') }} as texts
    on ranked.reason_kind = 'text' and ranked.reason_ref_id = texts.text_id
left join {{ ref('recudf', 'stg_items') }} as reason_items
    on coalesce(history.item_id, texts.item_id) = reason_items.item_id
{%- if recudf.ranking_is_learned() %}
left join {{ ref('recudf', 'int_interests') }} as interests
    on ranked.reason_kind = 'interest' and ranked.reason_ref_id = interests.interest_id
{%- endif %}
