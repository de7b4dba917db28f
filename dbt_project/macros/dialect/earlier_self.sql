{# What a model's table held before this build, for the model to read; none before the first one.

Spark drops a table before it makes its successor: a copy is taken first, which also outlives a build that was killed
in between. #}
{% macro earlier_self(relation) %} {{ return(adapter.dispatch('earlier_self', 'recudf')(relation)) }} {% endmacro %}


{% macro default__earlier_self(relation) %} {{ return(load_relation(relation)) }} {% endmacro %}


{% macro spark__earlier_self(relation) %}
    {% set copy = api.Relation.create(schema=relation.schema, identifier=relation.identifier ~ '_earlier') %}
    {% if load_relation(relation) is none %}
        {{ return(load_relation(copy)) }}
    {% endif %}
    {% do run_query('drop table if exists ' ~ copy) %}
    {% do run_query('create table ' ~ copy ~ ' using parquet as select * from ' ~ relation) %}
    {{ return(copy) }}
{% endmacro %}
