select
    split,
    model,
    baseline,
    slice,
    metric,
    k,
    value,
    n_users,
    ci_low,
    ci_high
from fct_metrics
where
    run_id = (select max(run_id) from fct_metrics)
    and slice not like 'provider %'
    and (baseline = 'none' or slice = 'all')
order by metric, k, slice, baseline, model
