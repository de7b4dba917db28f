{# After SELECT: has the rows shared out to all workers, before what reads them works on them. What functions of recudf do with a row takes long, and a small table would be one task of one worker. #}
{% macro spread_by(column) -%} {{ return(adapter.dispatch('spread_by', 'recudf')(column)) }} {%- endmacro %}


{% macro default__spread_by(column) -%}  {%- endmacro %}


{% macro spark__spread_by(column) -%} /*+ repartition({{ recudf.number('spark_partitions') }}, {{ column }}) */ {%- endmacro %}
