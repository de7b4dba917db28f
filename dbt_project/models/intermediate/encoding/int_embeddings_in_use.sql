-- The vectors of the encoder in use.

select
    embeddings.text_hash,
    embeddings.vector,
    embeddings.fingerprint,
    embeddings.is_cut,
    embeddings.characters,
    embeddings.unknown_characters,
    embeddings.run_id
from {{ ref('recudf', 'int_text_embeddings') }} as embeddings
inner join ({{ recudf.encoder_in_use() }}) as encoder
    on embeddings.fingerprint = encoder.fingerprint
