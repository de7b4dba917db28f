-- Candidates with how far above the others of its list every source has them: in standard deviations; at the list's end
-- where they are not in it, 0 where the user has no such list.
with candidates as (
    {{ recudf.candidates() }}
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
)

select
    standing.fold,
    standing.user_id,
    standing.item_id
    {%- for source in recudf.ranking_sources() %},
    round(coalesce(standing.{{ source }}, ends.{{ source }}, 0), 6) as {{ source }}
    {%- endfor %}
from standing
inner join ends on standing.fold = ends.fold and standing.user_id = ends.user_id
