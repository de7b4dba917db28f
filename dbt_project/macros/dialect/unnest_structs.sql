{# One row per struct of a list, one column per field. #}
{% macro unnest_structs(list) -%} {{ return(adapter.dispatch('unnest_structs', 'recudf')(list)) }} {%- endmacro %}


{% macro default__unnest_structs(list) -%} unnest({{ list }}, recursive := true) {%- endmacro %}


{% macro spark__unnest_structs(list) -%} inline({{ list }}) {%- endmacro %}
