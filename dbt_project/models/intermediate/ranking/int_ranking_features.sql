-- The best candidates of each user, with what a scorer knows of each: how far above the others of its list every
-- source has it (in standard deviations; at the list's end where it is not in it), and how popular it is.
with candidates as (
    select fold, user_id, source, item_id, score from {{ ref('recudf', 'int_candidates_by_history') }}
    union all
    select fold, user_id, source, item_id, score from {{ ref('recudf', 'int_candidates_general') }}
),

lists as (
    select
        fold,
        user_id,
        source,
        avg(score) as mean,
        nullif(round(stddev_pop(score), 9), 0) as deviation,
        min(score) as lowest
    from candidates
    group by fold, user_id, source
),

ends as (
    select
        fold,
        user_id
        {%- for source in recudf.ranking_sources() %},
        max((lowest - mean) / deviation) filter (where source = '{{ source }}') as {{ source }}
        {%- endfor %}
    from lists
    group by fold, user_id
),

standing as (
    select
        candidates.fold,
        candidates.user_id,
        candidates.item_id
        {%- for source in recudf.ranking_sources() %},
        max((candidates.score - lists.mean) / lists.deviation) filter (
            where candidates.source = '{{ source }}'
        ) as {{ source }}
        {%- endfor %}
    from candidates
    inner join lists
        on
            candidates.fold = lists.fold
            and candidates.user_id = lists.user_id
            and candidates.source = lists.source
    group by candidates.fold, candidates.user_id, candidates.item_id
),

histories as (
    select
        fold,
        user_id,
        5e0 / (5 + count(*)) as shortness
    from {{ ref('recudf', 'int_ranking_history') }}
    group by fold, user_id
),

united as (
    select
        standing.fold,
        standing.user_id,
        standing.item_id,
        {%- for source in recudf.ranking_sources() %}
        round(coalesce(standing.{{ source }}, ends.{{ source }}, 0), 6) as {{ source }},
        {%- endfor %}
        round(popularity.popularity, 6) as popularity,
        round(popularity.recent_popularity, 6) as recent_popularity,
        coalesce(tastes.share, 0) as category,
        coalesce(histories.shortness, 1) as shortness
    from standing
    inner join ends on standing.fold = ends.fold and standing.user_id = ends.user_id
    inner join {{ ref('recudf', 'int_ranking_popularity') }} as popularity
        on standing.fold = popularity.fold and standing.item_id = popularity.item_id
    left join histories on standing.fold = histories.fold and standing.user_id = histories.user_id
    left join ({{ recudf.category_shares('standing') }}) as tastes
        on
            standing.fold = tastes.fold
            and standing.user_id = tastes.user_id
            and standing.item_id = tastes.item_id
),

described as (
    select
        *,
        round(weights * shortness, 6) as weights_short,
        round(content * shortness, 6) as content_short,
        round(factors * shortness, 6) as factors_short,
        round(recent_popularity * shortness, 6) as popularity_short
    from united
),

fixed as (
    select
        *,
        round({{ recudf.fixed_score() }}, 6) as fixed
    from described
),

ranked as (
    select
        *,
        row_number() over (partition by fold, user_id order by fixed desc, item_id) as position
    from fixed
)

select *
from ranked
where position <= greatest({{ recudf.number('candidates_per_user') }}, {{ recudf.ranked_depth() }})
