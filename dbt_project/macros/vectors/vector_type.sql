{# FLOAT[D] of the encoder in use, read from the table of embeddings. #}
{% macro vector_type() -%}
    {%- set embeddings = ref('int_text_embeddings') -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(embeddings) if column.name == 'vector' -%}
            {{ column.dtype }}
        {%- endfor -%}
    {%- else -%} float[]
    {%- endif -%}
{%- endmacro %}
