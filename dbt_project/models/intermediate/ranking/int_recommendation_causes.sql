-- The largest part of each recommendation's score, with what of the user's own leads to it: 'item', 'text', 'people' of
-- a similar taste, 'category', or 'popular'. What is less than others have it is no reason.
{{ config(enabled=recudf.ranking_is_learned()) }}
with families as (
    select
        *,
        replace(replace(part, '_short', ''), 'recent_popularity', 'popularity') as family
    from {{ ref('recudf', 'int_recommendation_parts') }}
),

summed as (
    select
        user_id,
        item_id,
        family,
        round(sum(value), 6) as value
    from families
    group by user_id, item_id, family
),

led as (
    select
        summed.user_id,
        summed.item_id,
        summed.value,
        case
            when leads.kind is not null then leads.kind
            when summed.family = 'factors' then 'people'
            when summed.family = 'category' then 'category'
            when summed.family = 'popularity' then 'popular'
        end as kind,
        leads.ref_id
    from summed
    left join {{ ref('recudf', 'int_recommendation_leads') }} as leads
        on
            summed.user_id = leads.user_id
            and summed.item_id = leads.item_id
            and summed.family = leads.part
)

select
    user_id,
    item_id,
    max({{ recudf.struct({'value': 'value', 'kind': 'kind', 'ref_id': 'ref_id', 'is_unlike': 'false'}) }}) as reason
from led
where kind is not null and value > 0
group by user_id, item_id
