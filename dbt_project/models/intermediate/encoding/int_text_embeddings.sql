-- One vector per distinct text and encoder, embedded once and for all: schemas and replays share this table.
-- A full refresh leaves it alone; drop the table to embed everything anew.

with encoder as materialized (
    select unnest({{ recudf.encoder_function('encoder_info') }}(), recursive := true)
),

wanted as (
    select text_hash, text from {{ ref('recudf', 'int_item_texts') }}
    union
    select text_hash, text from {{ ref('recudf', 'stg_texts') }}
),

unknown as materialized (
    select
        wanted.text_hash,
        wanted.text,
        encoder.fingerprint,
        encoder.max_tokens,
        {{ recudf.encoder_function('token_count') }}(wanted.text) as tokens,
        row_number() over (order by wanted.text_hash) // 50000 as batch
    from wanted
    cross join encoder
    {%- if is_incremental() %}
    where not exists (
        select 1 from {{ this }} as known
        where known.text_hash = wanted.text_hash and known.fingerprint = encoder.fingerprint
    )
    {%- endif %}
),

-- lists, so that the encoder sees many texts at once and knows how many are left
batches as (
    select
        fingerprint,
        max_tokens,
        list(text_hash order by text_hash) as text_hashes,
        list(tokens order by text_hash) as tokens,
        {{ recudf.encoder_function('embed_all') }}(list(text order by text_hash)) as vectors
    from unknown
    group by fingerprint, max_tokens, batch
)

select
    unnest(text_hashes) as text_hash,
    fingerprint,
    cast(unnest(vectors) as {{ recudf.shared_vector_type(this) }}) as vector,
    unnest(tokens) as tokens,
    unnest(list_transform(tokens, lambda n: coalesce(n > max_tokens, false))) as is_cut,
    cast({{ dbt.string_literal(invocation_id) }} as varchar) as run_id
from batches
