{# The vectors that evidence points to: of items and of texts. #}
{% macro evidence_vectors() -%}
    select
        'item' as kind,
        item_id as vector_id,
        vector
    from {{ ref('recudf', 'vec_items') }}
    union all
    select
        'text' as kind,
        text_hash as vector_id,
        vector
    from {{ ref('recudf', 'vec_texts') }}
{%- endmacro %}
