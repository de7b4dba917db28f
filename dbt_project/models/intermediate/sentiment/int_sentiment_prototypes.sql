-- The sentences of the seed sentiment_prototypes, in the languages that a tenth of the texts are written in: of
-- languages that the encoder may not read, sentences would only be noise. No rows where there are no texts.
with scripts as (
    select avg(case when regexp_replace(text, '[一-鿿]', '') != text then 1e0 else 0e0 end) as han
    from {{ ref('recudf', 'stg_texts') }}
)

select
    {{ recudf.sha256('prototypes.sentence') }} as text_hash,
    prototypes.sentence as text,
    prototypes.label,
    prototypes.language
from {{ ref('recudf', 'sentiment_prototypes') }} as prototypes
cross join scripts
where case when prototypes.language = 'zh' then scripts.han else 1 - scripts.han end >= 0.1
