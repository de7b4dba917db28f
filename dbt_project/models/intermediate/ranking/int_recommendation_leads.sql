-- Which item or text of the user's own leads most to a recommendation, by each of the sources that sum over them.
with leads as (
    select 'weights' as source, 'item' as source_kind, neighbor_id as source_id, item_id, weight
    from {{ ref('recudf', 'int_item_weights') }}
    where fold = 0
    union all
    select 'sequence' as source, 'item' as source_kind, source_id, item_id, weight
    from {{ ref('recudf', 'int_item_sequences') }}
    where fold = 0
    union all
    select 'content' as source, source_kind, source_id, item_id, cosine as weight
    from {{ ref('recudf', 'int_item_neighbors') }}
),

history as (
    select * from {{ ref('recudf', 'int_ranking_history') }} where fold = 0 and weight > 0
),

valued as (
    select
        ranked.user_id,
        ranked.item_id,
        leads.source,
        history.source_kind as kind,
        history.ref_id,
        round(leads.weight * case when leads.source = 'content' then history.weight else 1 end, 9) as value,
        round(
            leads.weight * history.recency * case when leads.source = 'content' then history.weight else 1 end, 9
        ) as recent_value
    from {{ ref('recudf', 'int_recommendations_scored') }} as ranked
    inner join leads on ranked.item_id = leads.item_id
    inner join history
        on
            ranked.user_id = history.user_id
            and leads.source_kind = history.source_kind
            and leads.source_id = history.source_id
),

united as (
    select user_id, item_id, source as part, kind, ref_id, value from valued
    union all
    select user_id, item_id, source || '_recent' as part, kind, ref_id, recent_value as value from valued
),

ranked as (
    select
        *,
        row_number() over (partition by user_id, item_id, part order by value desc, kind, ref_id) as position
    from united
    where value > 0
)

select
    user_id,
    item_id,
    part,
    kind,
    ref_id,
    value
from ranked
where position = 1
