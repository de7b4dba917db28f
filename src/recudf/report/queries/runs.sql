select
    run_id,
    started_at,
    as_of,
    seconds,
    encoder,
    device,
    texts_embedded,
    texts_reused,
    unknown_share,
    users,
    items,
    interactions,
    texts,
    recommendations,
    is_unchanged
from fct_runs
order by started_at desc, run_id desc
limit $runs
