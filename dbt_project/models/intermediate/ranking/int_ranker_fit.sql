-- Every scorer that ranking_method asks for, as rows, fitted on what the folds hide, and what each reaches on folds
-- that it was not fitted on, beside the fixed weights: see ranker_fit. The linear ones have these' score as one more
-- feature. Users of whom a fold sees a few events alone teach, and judge nothing: they are none of those that there
-- are.
{%- set names = recudf.ranking_features().keys() | list %}
with short as (
    select distinct
        fold,
        user_id
    from {{ ref('recudf', 'int_ranking_places') }}
    where is_short
),

examples as (
    select
        cast(features.fold as string)
        || case when short.user_id is null then ':known:' else ':new:' end
        || features.user_id as group_id,
        features.item_id,
        {{ recudf.array_map(recudf.array(names + ['fixed']), 'x', 'cast(x as double)') }} as features,
        case when hidden.is_hidden then 1e0 else 0e0 end as label
    from {{ ref('recudf', 'int_ranking_features') }} as features
    left join {{ ref('recudf', 'int_ranking_pairs') }} as hidden
        on
            features.fold = hidden.fold
            and features.user_id = hidden.user_id
            and features.item_id = hidden.item_id
            and hidden.is_hidden
    left join short on features.fold = short.fold and features.user_id = short.user_id
    where features.fold > 0
),

lists as (
    select
        {{ recudf.array_in_order('group_id', ['group_id', 'item_id']) }} as group_ids,
        {{ recudf.array_in_order('features', ['group_id', 'item_id']) }} as features,
        {{ recudf.array_in_order('cast(label as double)', ['group_id', 'item_id']) }} as labels
    from examples
),

fitted as (
    select ranker_fit(group_ids, features, labels, {{ recudf.ranker_params(names) }}) as fits from lists
),

judged as (
    select count(distinct group_id) as users from examples where label > 0
),

rows_of_fits as (
    select {{ recudf.unnest_structs('fits') }} from fitted
)

select
    rows_of_fits.*,
    judged.users
from rows_of_fits
cross join judged
where rows_of_fits.kind != 'chosen'
