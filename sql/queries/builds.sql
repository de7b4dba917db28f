-- What did the last builds take, and what did they see?
select
    started_at,
    as_of,
    is_unchanged,
    seconds,
    seconds - lag(seconds) over (order by started_at, run_id) as seconds_more_than_before,
    encoder,
    device,
    texts_embedded,
    texts_reused,
    texts_embedded / nullif(seconds, 0) as texts_per_second,
    users,
    items,
    interactions,
    interactions_read - interactions as interactions_dropped,
    recommendations
from recudf.fct_runs
order by started_at desc, run_id
limit 20
