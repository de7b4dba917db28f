-- The phrases of each distinct text, of items and of users. A text is read once: what the build before read is taken
-- over, unless a full refresh or another version of recudf reads it anew.
{%- set earlier = recudf.earlier_self(this) if execute and not should_full_refresh() else none %}
with texts as (
    select text_hash, text from {{ ref('recudf', 'stg_texts') }}
    union
    select
        {{ recudf.sha256(recudf.described('title', 'description')) }} as text_hash,
        {{ recudf.described('title', 'description') }} as text
    from {{ ref('recudf', 'stg_items') }}
    where title is not null or description is not null
),

earlier as (
    {{ recudf.earlier_rows(earlier, {
        'text_hash': 'string', 'phrases': recudf.phrases_type(), 'recudf_version': 'string',
    }) }}
),

known as {{ recudf.materialized() }} (
    select text_hash, phrases
    from earlier
    where recudf_version = {{ dbt.string_literal(recudf.version()) }}
),

unknown as {{ recudf.materialized() }} (
    select text_hash, text
    from texts
    where not exists (select 1 from known where known.text_hash = texts.text_hash)
),

united as (
    select text_hash, phrases from known where text_hash in (select text_hash from texts)
    union all
    select text_hash, keyphrases(text) as phrases from unknown
)

select
    text_hash,
    phrases,
    cast({{ dbt.string_literal(recudf.version()) }} as string) as recudf_version
from united
