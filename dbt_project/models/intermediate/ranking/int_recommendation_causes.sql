-- The largest part of each recommendation's score beyond what the user's other candidates have of it, with what of the
-- user's own leads to it: 'item', 'text', 'interest', 'friend', 'people' of a similar taste, 'category', or 'popular'.
{%- set features = recudf.ranking_features() %}
with candidates as (
    select
        user_id
        {%- for feature in features %},
        avg({{ feature }}) as {{ feature }}
        {%- endfor %}
    from {{ ref('recudf', 'int_ranking_features') }}
    where fold = 0
    group by user_id
),

common as (
    {{ recudf.unpivoted_features('candidates', ['user_id']) }}
),

families as (
    select
        parts.user_id,
        parts.item_id,
        -- the latest events are a part of the same idea; what leads is what is most alike, not what came last
        replace(
            replace(replace(parts.part, '_short', ''), 'recent_popularity', 'popularity'), '_recent', ''
        ) as family,
        -- what trees add is told from the mean of all rows already
        coalesce(parts.weight * (parts.feature_value - common.feature_value), parts.value) as value
    from {{ ref('recudf', 'int_recommendation_parts') }} as parts
    inner join common on parts.user_id = common.user_id and parts.part = common.part
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
            when summed.family in ('factors', 'neighbors') then 'people'
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
