-- Candidates that the user's own items and texts lead to, each a sum over them: 'weights' of the linear model,
-- 'sequence' and 'content'; with '_recent' the latest count most.
with folds as (
    select distinct fold from {{ ref('recudf', 'int_ranking_history') }}
),

leads as (
    select fold, 'weights' as source, 'item' as source_kind, neighbor_id as source_id, item_id, weight
    from {{ ref('recudf', 'int_item_weights') }}
    union all
    select fold, 'sequence' as source, 'item' as source_kind, source_id, item_id, weight
    from {{ ref('recudf', 'int_item_sequences') }}
    union all
    select
        folds.fold,
        'content' as source,
        neighbors.source_kind,
        neighbors.source_id,
        neighbors.item_id,
        neighbors.cosine as weight
    from {{ ref('recudf', 'int_item_neighbors') }} as neighbors
    cross join folds
),

summed as (
    select
        history.fold,
        history.user_id,
        leads.source,
        leads.item_id,
        sum(leads.weight * case when leads.source = 'content' then history.weight else 1 end) as score,
        sum(
            leads.weight * history.recency * case when leads.source = 'content' then history.weight else 1 end
        ) as recent_score
    from {{ ref('recudf', 'int_ranking_history') }} as history
    inner join leads
        on
            history.fold = leads.fold
            and history.source_kind = leads.source_kind
            and history.source_id = leads.source_id
    -- what was disliked pushes away what is like it, and leads nowhere
    where history.weight > 0 or leads.source = 'content'
    group by history.fold, history.user_id, leads.source, leads.item_id
),

open as (
    select summed.*
    from summed
    inner join {{ ref('recudf', 'int_item_points') }} as available on summed.item_id = available.item_id
    left join ({{ recudf.not_recommended() }}) as seen
        on summed.fold = seen.fold and summed.user_id = seen.user_id and summed.item_id = seen.item_id
    where seen.item_id is null
),

scored as (
    select fold, user_id, source, item_id, round(score, 9) as score from open
    union all
    select fold, user_id, source || '_recent' as source, item_id, round(recent_score, 9) as score from open
),

ranked as (
    select
        *,
        row_number() over (partition by fold, user_id, source order by score desc, item_id) as position
    from scored
    where score > 0
)

select
    fold,
    user_id,
    source,
    item_id,
    score
from ranked
where position <= {{ recudf.number('candidates_per_source') }}
