-- One vector per distinct text of users: centred on the mean of all their texts, unit length.
with texts as (
    select distinct text_hash from {{ ref('recudf', 'stg_texts') }}
),

embedded as (
    select
        texts.text_hash,
        embeddings.vector,
        embeddings.fingerprint
    from texts
    inner join {{ ref('recudf', 'int_embeddings_in_use') }} as embeddings on texts.text_hash = embeddings.text_hash
    where embeddings.vector is not null
),

center as {{ recudf.materialized() }} (
    {{ recudf.center('embedded', 'text_hash') }}
),

centered as {{ recudf.materialized() }} (
    select
        embedded.text_hash,
        {{ recudf.centered('embedded.vector', 'center.vector', 'center.texts') }} as vector,
        embedded.fingerprint
    from embedded
    cross join center
)

select
    text_hash,
    cast(vector as {{ recudf.vector_type() }}) as vector,
    fingerprint
from centered
where vector is not null
