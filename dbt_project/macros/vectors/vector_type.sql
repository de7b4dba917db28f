{# FLOAT[D] of the encoder in use, read from the table of embeddings; FLOAT[] before there is one. #}
{% macro vector_type() -%}
    {%- set found = [] -%}
    {%- set embeddings = ref('recudf', 'int_text_embeddings') -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(embeddings) if column.name == 'vector' -%}
            {%- do found.append(column.dtype) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ found[0] if found else 'float[]' }}
{%- endmacro %}
