{# In FROM: a relation whose rows are shared out to all workers, for what functions of recudf do with them takes long,
and a small table would be one task of one worker. DuckDB shares out by itself. #}
{% macro spread(relation, column) -%}
    {{ return(adapter.dispatch('spread', 'recudf')(relation, column)) }}
{%- endmacro %}


{% macro default__spread(relation, column) -%} {{ relation }} {%- endmacro %}


{% macro spark__spread(relation, column) -%}
    {%- set tasks = recudf.number('spark_partitions') -%}
    (select /*+ repartition({{ tasks }}, {{ column }}) */ * from {{ relation }}) as {{ relation }}
{%- endmacro %}
