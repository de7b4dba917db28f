{# The vectors that evidence points to, of items and of texts: (kind, vector_id, vector). #}
{% macro evidence_vectors() -%}
    select
        'item' as kind,
        item_id as vector_id,
        cast(vector as {{ recudf.array_of('float') }}) as vector
    from {{ ref('recudf', 'vec_items') }}
    union all
    select
        'text' as kind,
        text_hash as vector_id,
        cast(vector as {{ recudf.array_of('float') }}) as vector
    from {{ ref('recudf', 'vec_texts') }}
{%- endmacro %}


{# An index over them, by evidence_key. One row. #}
{% macro evidence_index() -%}
    {%- set vectors = '(' ~ recudf.evidence_vectors() ~ ') as vectors' -%}
    {{ recudf.index_of(vectors, recudf.evidence_key(), {'handle': 'vector'}) }}
{%- endmacro %}


{# Names a vector in evidence_index: an item and a text may have the same id. #}
{% macro evidence_key() -%} kind || ':' || vector_id {%- endmacro %}
