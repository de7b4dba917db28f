with own as (
    select distinct group_id
    from {{ ref('recudf', 'int_group_profiles') }}
    where is_own
),

lists as (
    select
        lists.*,
        -- where nothing comes of what the group did itself, its members decide
        lists.strategy = {{ recudf.shown_group_strategy() }} as is_default
    from {{ ref('recudf', 'int_group_lists') }} as lists
    left join own on lists.group_id = own.group_id
)

select
    lists.group_id,
    lists.strategy,
    lists.item_id,
    lists.rank,
    lists.score,
    lists.is_default,
    {{ recudf.group_reason_sentence() }} as reason,
    case
        when leads.is_own then 'item'
        when leads.group_id is not null or lists.strategy = 'learned' then 'groups'
        else 'members'
    end as reason_kind,
    leads.source_id as reason_ref_id,
    cast({{
        recudf.told_of_group('coalesce(scores.supporters, 0)', ['coalesce(scores.supporters, 0)'], 'groups.kind')
    }} as bigint) as supporters,
    items.title as item_title,
    items.category as item_category,
    {{ recudf.run_columns() }}
from lists
inner join {{ ref('recudf', 'dim_groups') }} as groups on lists.group_id = groups.group_id
inner join {{ ref('recudf', 'stg_items') }} as items on lists.item_id = items.item_id
left join {{ ref('recudf', 'int_group_scores') }} as scores
    on lists.group_id = scores.group_id and lists.item_id = scores.item_id
left join {{ ref('recudf', 'int_group_leads') }} as leads
    on lists.strategy in ('history', 'learned') and lists.group_id = leads.group_id and lists.item_id = leads.item_id
left join {{ ref('recudf', 'stg_items') }} as lead_items on leads.source_id = lead_items.item_id
left join {{ ref('recudf', 'int_group_items') }} as history
    on leads.is_own and leads.group_id = history.group_id and leads.source_id = history.item_id
left join {{ ref('recudf', 'stg_event_types') }} as types on history.event_type = types.event_type
