{# Texts with their vectors. Expects (text_hash, text, tokens, fingerprint, max_tokens), gives these and vector for text.

Here lists, so that the encoder sees many texts at once and knows how many are left; on Spark rows, shared out to all
workers: the encoder sees a batch of Arrow at a time. #}
{% macro embedded(relation) -%} {{ return(adapter.dispatch('embedded', 'recudf')(relation)) }} {%- endmacro %}


{% macro default__embedded(relation) -%}
    select
        fingerprint,
        max_tokens,
        unnest(text_hashes) as text_hash,
        unnest(tokens) as tokens,
        unnest(vectors) as vector
    from (
        select
            fingerprint,
            max_tokens,
            list(text_hash order by text_hash) as text_hashes,
            list(tokens order by text_hash) as tokens,
            {{ recudf.encoder_function('embed_all') }}(list(text order by text_hash)) as vectors
        from (select *, row_number() over (order by text_hash) // 50000 as batch from {{ relation }}) as numbered
        group by fingerprint, max_tokens, batch
    ) as batches
{%- endmacro %}


{% macro spark__embedded(relation) -%}
    select
        fingerprint,
        max_tokens,
        text_hash,
        tokens,
        {{ recudf.encoder_function('embed') }}(text) as vector
    from {{ recudf.spread(relation, 'text_hash') }}
{%- endmacro %}
