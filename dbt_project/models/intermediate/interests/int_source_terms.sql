-- The phrases of what interests are read from: of an item its title and description, or else what users wrote about
-- it; of a text its own. Phrases that only one source has say nothing of an interest.
with text_terms as {{ recudf.materialized() }} (
    select text_hash, {{ recudf.unnest_structs('phrases') }}
    from {{ ref('recudf', 'int_text_phrases') }}
    where text_hash in (select text_hash from {{ ref('recudf', 'stg_texts') }})
),

item_terms as (
    select item_id, {{ recudf.unnest_structs('phrases') }}
    from (
        select items.item_id, read.phrases
        from {{ ref('recudf', 'stg_items') }} as items
        inner join {{ ref('recudf', 'int_text_phrases') }} as read
            on {{ recudf.sha256(recudf.described('items.title', 'items.description')) }} = read.text_hash
        where items.title is not null or items.description is not null
    ) as of_items
),

about as (
    select
        texts.item_id,
        text_terms.key,
        min(text_terms.phrase) as phrase,
        min(text_terms.words) as words
    from {{ ref('recudf', 'stg_texts') }} as texts
    inner join text_terms on texts.text_hash = text_terms.text_hash
    inner join {{ ref('recudf', 'stg_items') }} as items on texts.item_id = items.item_id
    where items.title is null and items.description is null
    group by texts.item_id, text_terms.key
    -- one person's words about an item are not the item's
    having count(distinct texts.user_id) > 1
),

united as (
    select 'item' as source_kind, item_id as source_id, key, phrase, words from item_terms
    union all
    select 'item' as source_kind, item_id as source_id, key, phrase, words from about
    union all
    select 'text' as source_kind, text_hash as source_id, key, phrase, words from text_terms
),

counted as (
    select
        source_kind,
        source_id,
        key,
        min(phrase) as phrase,
        min(words) as words,
        count(*) over (partition by key) as sources
    from united
    group by source_kind, source_id, key
)

select
    source_kind,
    source_id,
    key,
    phrase,
    words,
    sources
from counted
where sources > 1
