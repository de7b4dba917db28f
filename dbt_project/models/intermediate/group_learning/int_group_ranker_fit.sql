-- The scorer of lists for groups as rows, and what it and each feature by itself reach on groups that it was not fitted
-- on: see ranker_fit. A group's examples are held out together.
{%- set names = recudf.group_features() %}
with examples as (
    select
        case when md5(group_id) < '55' then 'a' when md5(group_id) < 'aa' then 'b' else 'c' end
        || ':' || cast(example as string) || ':' || group_id as example_id,
        item_id,
        {{ recudf.array_map(recudf.array(names), 'x', 'cast(x as double)') }} as features,
        case when is_hidden then 1e0 else 0e0 end as label
    from {{ ref('recudf', 'int_group_features') }}
    where example > 0
),

lists as {{ recudf.materialized() }} (
    select
        {{ recudf.array_in_order('example_id', ['example_id', 'item_id']) }} as example_ids,
        {{ recudf.array_in_order('features', ['example_id', 'item_id']) }} as features,
        {{ recudf.array_in_order('cast(label as double)', ['example_id', 'item_id']) }} as labels
    from examples
),

fitted as (
    select ranker_fit(example_ids, features, labels, {{ recudf.text_literal(tojson({
        'features': names, 'baseline': 'history', 'methods': ['listwise'], 'l2': 0.1, 'folds_by': ':'
    })) }}) as fits
    from lists
),

rows_of_fits as (
    select {{ recudf.unnest_structs('fits') }} from fitted
)

select
    rows_of_fits.kind,
    rows_of_fits.method,
    rows_of_fits.name,
    rows_of_fits.threshold,
    rows_of_fits.value,
    judged.examples
from rows_of_fits
cross join (select count(distinct example_id) as examples from examples where label > 0) as judged
where rows_of_fits.kind in ('quality', 'gain', 'weight', 'scale')
