-- Is what users get better than popularity, chance or its own parts, or may the difference be luck?
-- Values are means of differences on the same users: where the interval excludes 0, it is not luck.
with latest as (
    select run_id
    from recudf.fct_metrics
    order by run_id desc
    limit 1
)

select
    metrics.split,
    metrics.model,
    metrics.baseline,
    metrics.metric,
    metrics.k,
    metrics.value as difference,
    metrics.ci_low,
    metrics.ci_high,
    metrics.n_users,
    case
        when metrics.ci_low > 0 then 'better'
        when metrics.ci_high < 0 then 'worse'
        else 'may be luck'
    end as verdict
from recudf.fct_metrics as metrics
inner join latest on metrics.run_id = latest.run_id
where metrics.slice = 'all' and metrics.baseline != 'none' and metrics.metric in ('ndcg', 'recall')
order by metrics.model, metrics.metric, metrics.k, metrics.baseline
