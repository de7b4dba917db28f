{# Texts as a JSON array, as text. #}
{% macro json_array(texts) -%} {{ return(adapter.dispatch('json_array', 'recudf')(texts)) }} {%- endmacro %}


{% macro default__json_array(texts) -%} to_json([{{ texts | join(', ') }}]) {%- endmacro %}


{% macro spark__json_array(texts) -%} to_json(array({{ texts | join(', ') }})) {%- endmacro %}
