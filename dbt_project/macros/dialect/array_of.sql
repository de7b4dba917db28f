{# The type of a list of values of a type. #}
{% macro array_of(type) -%} {{ return(adapter.dispatch('array_of', 'recudf')(type)) }} {%- endmacro %}


{% macro default__array_of(type) -%} {{ type }}[] {%- endmacro %}


{% macro spark__array_of(type) -%} array<{{ type }}> {%- endmacro %}
