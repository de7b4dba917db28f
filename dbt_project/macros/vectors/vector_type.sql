{# FLOAT[D] of the encoder in use, FLOAT[] where it is not fitted; Spark knows no length. #}
{% macro vector_type() -%} {{ return(adapter.dispatch('vector_type', 'recudf')()) }} {%- endmacro %}


{% macro spark__vector_type() -%} array<float> {%- endmacro %}


{% macro default__vector_type() -%}
    {%- set encoder = recudf.encoder_in_use() -%}
    {%- set is_there = not recudf.is_lexical() or execute and load_relation(ref('recudf', 'int_lexical_terms')) is not none -%}
    {%- set dimension = run_query('select dimension from (' ~ encoder ~ ') as encoder').rows[0][0] if execute and is_there -%}
    float[{{ dimension or '' }}]
{%- endmacro %}


{# The type of the vectors in a table that keeps those of several encoders: FLOAT[D] as long as all have D dimensions. #}
{% macro shared_vector_type(relation) -%}
    {{ return(adapter.dispatch('shared_vector_type', 'recudf')(relation)) }}
{%- endmacro %}


{% macro spark__shared_vector_type(relation) -%} array<float> {%- endmacro %}


{% macro default__shared_vector_type(relation) -%}
    {%- set found = recudf.stored_vector_type(relation) -%}
    {%- set ours = recudf.vector_type() -%}
    {{ 'float[]' if found and found != ours else ours }}
{%- endmacro %}


{# Gives such a table the type FLOAT[] before vectors of another dimension come in; else nothing. #}
{% macro widen_vectors(relation) -%} {{ return(adapter.dispatch('widen_vectors', 'recudf')(relation)) }} {%- endmacro %}


{% macro spark__widen_vectors(relation) -%} {%- endmacro %}


{% macro default__widen_vectors(relation) -%}
    {%- set found = recudf.stored_vector_type(relation) if execute else none -%}
    {%- if found and found not in ('float[]', recudf.vector_type()) -%}
        alter table {{ relation }} alter column vector set data type float[]
    {%- endif -%}
{%- endmacro %}


{% macro stored_vector_type(relation) %}
    {%- set found = load_relation(relation) if execute else none -%}
    {%- for column in (adapter.get_columns_in_relation(found) if found else []) if column.name == 'vector' -%}
        {{ return(column.dtype | lower) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}
