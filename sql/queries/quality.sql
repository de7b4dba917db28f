-- How good are the recommendations, against popularity and chance on the same users?
with latest as (
    select run_id
    from recudf.fct_metrics
    order by run_id desc
    limit 1
)

select
    metrics.split,
    metrics.model,
    metrics.metric,
    metrics.k,
    metrics.value,
    metrics.ci_low,
    metrics.ci_high,
    metrics.n_users
from recudf.fct_metrics as metrics
inner join latest on metrics.run_id = latest.run_id
where metrics.slice = 'all' and metrics.baseline = 'none' and metrics.metric in ('ndcg', 'recall', 'coverage')
order by
    case metrics.metric when 'ndcg' then 1 when 'recall' then 2 else 3 end, metrics.k, metrics.value desc
