{# Has a CTE computed once where the engine would compute it for every use. Spark knows no such word. #}
{% macro materialized() -%} {{ return(adapter.dispatch('materialized', 'recudf')()) }} {%- endmacro %}


{% macro default__materialized() -%} materialized {%- endmacro %}


{% macro spark__materialized() -%}  {%- endmacro %}
