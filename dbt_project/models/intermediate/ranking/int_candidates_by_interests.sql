-- Candidates by interests: what is popular now of the topics that a user's items and texts lie in, by the share of them
-- that does. Of a topic nothing is looked at beyond what there would be candidates for if a user had seen all before.
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

items as (
    select
        popularity.fold,
        topics.topic_id,
        popularity.item_id,
        popularity.recent_popularity,
        row_number() over (
            partition by popularity.fold, topics.topic_id
            order by popularity.recent_popularity desc, popularity.item_id
        ) as position
    from {{ ref('recudf', 'int_topic_sources') }} as topics
    inner join {{ ref('recudf', 'int_ranking_popularity') }} as popularity on topics.source_id = popularity.item_id
    where topics.source_kind = 'item' and popularity.recent_popularity > 0
),

scored as (
    select
        shares.fold,
        shares.user_id,
        items.item_id,
        round(shares.share * items.recent_popularity, 6) as score
    from shares
    inner join {{ ref('recudf', 'int_ranking_users') }} as users
        on shares.fold = users.fold and shares.user_id = users.user_id
    inner join items
        on
            shares.fold = items.fold
            and shares.topic_id = items.topic_id
            and items.position
            <= {{ recudf.number('candidates_per_source') }} + coalesce({{ recudf.array_length('users.seen_item_ids') }}, 0)
)

{{ recudf.best_open('scored', 'interests') }}
