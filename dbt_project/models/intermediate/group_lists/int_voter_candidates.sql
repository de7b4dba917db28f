-- What those who stand for a group would be recommended themselves, as deep as the var group_candidates says. value:
-- the score, scaled to run from 0 for the member's last candidate to 1 for the first.
{%- set depth = recudf.number('group_candidates') %}
{%- set chosen = 'user_id in (select user_id from ' ~ ref('recudf', 'int_group_voters') ~ ')' %}

with scored as (
    {{ recudf.voters_scores(depth, chosen) }}
),

ranked as (
    select
        user_id,
        item_id,
        cast(score as double) as score,
        row_number() over (partition by user_id order by score desc, item_id) as rank
    from scored
),

bounds as (
    select
        *,
        count(*) over (partition by user_id) as candidates,
        min(score) over (partition by user_id) as lowest,
        max(score) over (partition by user_id) as highest
    from ranked
    where rank <= {{ depth }}
)

select
    user_id,
    item_id,
    rank,
    candidates,
    -- equal scores are all the best
    coalesce(round((score - lowest) / nullif(highest - lowest, 0), 9), 1) as value
from bounds
