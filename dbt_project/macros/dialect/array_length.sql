{# How many elements a list has; of NULL: NULL. #}
{% macro array_length(list) -%} {{ return(adapter.dispatch('array_length', 'recudf')(list)) }} {%- endmacro %}


{% macro default__array_length(list) -%} len({{ list }}) {%- endmacro %}


{% macro spark__array_length(list) -%} array_size({{ list }}) {%- endmacro %}
