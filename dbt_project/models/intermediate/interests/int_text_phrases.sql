-- The phrases of each distinct text, of items and of users. A text is read once: what the build before read is taken
-- over, unless a full refresh or another version of recudf reads it anew, or what it is read without has changed: of
-- what users wrote, that points to a person (var mask_texts); the catalogue says what it says.
{%- set earlier = recudf.earlier_self(this) if execute and not should_full_refresh() else none %}
with united as (
    select
        text_hash,
        text,
        {{ recudf.texts_are_masked() | lower }} as is_masked
    from {{ ref('recudf', 'stg_texts') }}
    union
    select
        {{ recudf.sha256(recudf.described('title', 'description')) }} as text_hash,
        {{ recudf.described('title', 'description') }} as text,
        false as is_masked
    from {{ ref('recudf', 'stg_items') }}
    where title is not null or description is not null
),

texts as (
    select
        text_hash,
        min(text) as text,
        bool_and(is_masked) as is_masked
    from united
    group by text_hash
),

earlier as (
    {{ recudf.earlier_rows(earlier, {
        'text_hash': 'string', 'phrases': recudf.phrases_type(), 'is_masked': 'boolean', 'recudf_version': 'string',
    }) }}
),

known as {{ recudf.materialized() }} (
    select
        earlier.text_hash,
        earlier.phrases,
        earlier.is_masked
    from earlier
    inner join texts on earlier.text_hash = texts.text_hash and earlier.is_masked = texts.is_masked
    where earlier.recudf_version = {{ dbt.string_literal(recudf.version()) }}
),

unknown as {{ recudf.materialized() }} (
    select text_hash, text, is_masked
    from texts
    where not exists (select 1 from known where known.text_hash = texts.text_hash)
),

read as (
    select text_hash, phrases, is_masked from known
    union all
    select
        text_hash,
        keyphrases(case when is_masked then {{ recudf.masked('text') }} else text end) as phrases,
        is_masked
    from unknown
)

select
    text_hash,
    phrases,
    is_masked,
    cast({{ dbt.string_literal(recudf.version()) }} as string) as recudf_version
from read
