-- What of the user's own leads most to a recommendation, by each of the sources that sum over it: an item or text, the
-- topic that both lie in, somebody whom the user knows or follows and who likes it.
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

topics as (
    select
        ranked.user_id,
        ranked.item_id,
        of_item.topic_id,
        count(*) * 1e0 as value
    from {{ ref('recudf', 'int_recommendations_scored') }} as ranked
    inner join {{ ref('recudf', 'int_topic_sources') }} as of_item
        on ranked.item_id = of_item.source_id and of_item.source_kind = 'item'
    inner join history on ranked.user_id = history.user_id
    inner join {{ ref('recudf', 'int_topic_sources') }} as own
        on
            history.source_kind = own.source_kind
            and history.source_id = own.source_id
            and of_item.topic_id = own.topic_id
    group by ranked.user_id, ranked.item_id, of_item.topic_id
),

friends as (
    select
        ranked.user_id,
        ranked.item_id,
        ties.other_user_id,
        max(likes.weight) as value
    from {{ ref('recudf', 'int_recommendations_scored') }} as ranked
    inner join {{ ref('recudf', 'stg_relations') }} as ties on ranked.user_id = ties.user_id
    inner join {{ ref('recudf', 'int_ranking_pairs') }} as likes
        on ties.other_user_id = likes.user_id and ranked.item_id = likes.item_id
    where likes.fold = 0 and likes.weight > 0 and likes.is_person
    group by ranked.user_id, ranked.item_id, ties.other_user_id
),

united as (
    select user_id, item_id, source as part, kind, ref_id, value from valued
    union all
    select user_id, item_id, source || '_recent' as part, kind, ref_id, recent_value as value from valued
    union all
    select user_id, item_id, 'interests' as part, 'interest' as kind, topic_id as ref_id, value from topics
    union all
    select user_id, item_id, 'friends' as part, 'friend' as kind, other_user_id as ref_id, value from friends
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
