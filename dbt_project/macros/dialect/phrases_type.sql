{# The type of what keyphrases gives. #}
{% macro phrases_type() -%} {{ return(adapter.dispatch('phrases_type', 'recudf')()) }} {%- endmacro %}


{% macro default__phrases_type() -%} struct(phrase varchar, "key" varchar, words integer)[] {%- endmacro %}


{% macro spark__phrases_type() -%} array<struct<phrase: string, key: string, words: int>> {%- endmacro %}
