-- For every user the k best unseen items by content weight x cosine + popularity weight x blended popularity; for a
-- user without a vector by recent popularity. With the vars diversity, category_cap or exposure_weight chosen again.
{%- set k = recudf.number('recommendations_per_user') %}

with scored as (
    {{ recudf.blended_lists(recudf.reranked_from(k)) }}
)

select
    user_id,
    item_id,
    rank,
    cast(score as float) as score
from {{ recudf.reranked_or_best('scored', ['user_id'], k) }}
