-- One vector per distinct text and encoder, embedded once and for all: schemas and replays share this table.
-- A full refresh leaves it alone; drop the table to embed everything anew.

with encoder as {{ recudf.materialized() }} (
    {{ recudf.encoder_in_use() }}
),

fit as {{ recudf.materialized() }} (
    {{ recudf.fit_in_use() }}
),

wanted as (
    select text_hash, text from {{ ref('recudf', 'int_item_texts') }}
    union
    select text_hash, text from {{ ref('recudf', 'stg_texts') }}
    union
    select text_hash, text from {{ ref('recudf', 'int_sentiment_prototypes') }}
),

unknown as {{ recudf.materialized() }} (
    select
        wanted.text_hash,
        wanted.text,
        encoder.fingerprint,
        encoder.max_tokens,
        fit.handle,
        {{ recudf.text_coverage('wanted.text', 'fit.handle') }} as coverage
    from wanted
    cross join encoder
    cross join fit
    where encoder.fingerprint is not null
    {%- if is_incremental() %}
        and not exists (
            select 1 from {{ this }} as known
            where known.text_hash = wanted.text_hash and known.fingerprint = encoder.fingerprint
        )
    {%- endif %}
),

embedded as (
    {{ recudf.embedded('unknown') }}
)

select
    text_hash,
    fingerprint,
    cast(vector as {{ recudf.shared_vector_type(this) }}) as vector,
    coverage.tokens as tokens,
    coalesce(coverage.tokens > max_tokens, false) as is_cut,
    coverage.characters as characters,
    coverage.unknown_characters as unknown_characters,
    cast({{ dbt.string_literal(invocation_id) }} as string) as run_id
from embedded
