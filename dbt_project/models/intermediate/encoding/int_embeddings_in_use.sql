-- The vectors of the encoder in use.

select
    embeddings.text_hash,
    embeddings.vector,
    embeddings.fingerprint,
    embeddings.is_cut,
    embeddings.run_id
from {{ ref('recudf', 'int_text_embeddings') }} as embeddings
inner join (select {{ recudf.encoder_function('encoder_info') }}().fingerprint as fingerprint) as encoder
    on embeddings.fingerprint = encoder.fingerprint
