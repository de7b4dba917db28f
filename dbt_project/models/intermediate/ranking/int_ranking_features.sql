-- The best candidates of each user, with what a scorer knows of each: how they stand in the list of every source, how
-- popular they are, and how much of what the user liked lies in their categories.
with standing as (
    select * from {{ ref('recudf', 'int_candidate_standings') }}
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
        standing.{{ source }},
        {%- endfor %}
        round(popularity.popularity, 6) as popularity,
        round(popularity.recent_popularity, 6) as recent_popularity,
        coalesce(tastes.share, 0) as category,
        coalesce(histories.shortness, 1) as shortness
    from standing
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
