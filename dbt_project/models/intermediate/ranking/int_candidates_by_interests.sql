-- Candidates by interests: what is popular now of the topics that a user's items and texts lie in, by the share of them
-- that does.
with history as (
    select
        history.fold,
        history.user_id,
        topics.topic_id,
        count(*) over (partition by history.fold, history.user_id) as sources
    from {{ ref('recudf', 'int_ranking_history') }} as history
    inner join {{ ref('recudf', 'int_topic_sources') }} as topics
        on history.source_kind = topics.source_kind and history.source_id = topics.source_id
    where history.weight > 0
),

shares as (
    select
        fold,
        user_id,
        topic_id,
        count(*) * 1e0 / max(sources) as share
    from history
    group by fold, user_id, topic_id
),

scored as (
    select
        shares.fold,
        shares.user_id,
        items.source_id as item_id,
        round(shares.share * popularity.recent_popularity, 6) as score
    from shares
    inner join {{ ref('recudf', 'int_topic_sources') }} as items
        on shares.topic_id = items.topic_id and items.source_kind = 'item'
    inner join {{ ref('recudf', 'int_ranking_popularity') }} as popularity
        on shares.fold = popularity.fold and items.source_id = popularity.item_id
)

{{ recudf.best_open('scored', 'interests') }}
