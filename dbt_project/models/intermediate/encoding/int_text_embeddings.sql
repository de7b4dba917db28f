-- One vector per distinct text and encoder, embedded once and for all: schemas and replays share this table.
-- A full refresh leaves it alone; drop the table to embed everything anew.

with encoder as {{ recudf.materialized() }} (
    select info.* from (select {{ recudf.encoder_function('encoder_info') }}() as info) as asked
),

wanted as (
    select text_hash, text from {{ ref('recudf', 'int_item_texts') }}
    union
    select text_hash, text from {{ ref('recudf', 'stg_texts') }}
),

unknown as {{ recudf.materialized() }} (
    select
        wanted.text_hash,
        wanted.text,
        encoder.fingerprint,
        encoder.max_tokens,
        {{ recudf.encoder_function('token_count') }}(wanted.text) as tokens
    from wanted
    cross join encoder
    {%- if is_incremental() %}
    where not exists (
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
    tokens,
    coalesce(tokens > max_tokens, false) as is_cut,
    cast({{ dbt.string_literal(invocation_id) }} as string) as run_id
from embedded
