{# Texts with their vectors. Expects (text_hash, text, coverage, fingerprint, max_tokens, handle), gives these and vector
for text and handle.

Of a model here lists, so that the encoder sees many texts at once and knows how many are left; on Spark rows, shared out
to all workers: the encoder sees a batch of Arrow at a time. #}
{% macro embedded(relation) -%}
    {%- if recudf.is_lexical() -%}
    {{ recudf.embedded_by_rows(relation, 'embed_lexical(text, handle)') }}
    {%- else -%}
    {{ return(adapter.dispatch('embedded', 'recudf')(relation)) }}
    {%- endif -%}
{%- endmacro %}


{% macro default__embedded(relation) -%}
    select
        fingerprint,
        max_tokens,
        unnest(text_hashes) as text_hash,
        unnest(coverages) as coverage,
        unnest(vectors) as vector
    from (
        select
            fingerprint,
            max_tokens,
            list(text_hash order by text_hash) as text_hashes,
            list(coverage order by text_hash) as coverages,
            {{ recudf.encoder_function('embed_all') }}(list(text order by text_hash)) as vectors
        from (select *, row_number() over (order by text_hash) // 50000 as batch from {{ relation }}) as numbered
        group by fingerprint, max_tokens, batch
    ) as batches
{%- endmacro %}


{% macro spark__embedded(relation) -%}
    {{ recudf.embedded_by_rows(relation, recudf.encoder_function('embed') ~ '(text)') }}
{%- endmacro %}


{% macro embedded_by_rows(relation, vector) -%}
    select
        fingerprint,
        max_tokens,
        text_hash,
        coverage,
        {{ vector }} as vector
    from {{ recudf.spread(relation, 'text_hash') }}
{%- endmacro %}
