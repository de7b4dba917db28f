-- Words that stand for an item: its categories as they are, and the words of its title; where it has neither, the
-- words of what users wrote about it.
with titles as (
    select
        item_id,
        {{ recudf.unnest(recudf.words('title')) }} as word
    from {{ ref('recudf', 'stg_items') }}
    where title is not null
),

-- once, since the function that masks is worth it
about as {{ recudf.materialized() }} (
    select
        texts.item_id,
        {{ recudf.masked('texts.text') }} as text
    from {{ ref('recudf', 'stg_texts') }} as texts
    inner join {{ ref('recudf', 'stg_items') }} as items on texts.item_id = items.item_id
    where items.title is null
),

written as (
    select item_id, {{ recudf.unnest(recudf.words('text')) }} as word from about
),

united as (
    select item_id, category as word, 'category' as kind
    from {{ ref('recudf', 'int_item_categories') }}
    where is_named
    union
    select item_id, word, 'title' as kind from titles
    union
    select item_id, word, 'text' as kind from written
)

select
    united.item_id,
    united.word,
    min(united.kind) as kind
from united
left join {{ ref('recudf', 'stop_words') }} as stop_words
    -- which are written with the apostrophe of print
    on replace(lower(united.word), {{ recudf.text_literal("'") }}, '’') = stop_words.word
where united.word != '' and stop_words.word is null
group by united.item_id, united.word
