{# The relation that a test of this package was written for. dbt's own argument `model` is another one in a project that
has a model of the same name: there dbt looks for names in that project first. #}
{% macro tested() -%}
    {%- set relation = ref('recudf', model.file_key_name.split('.')[1]) -%}
    {%- do return(dbt.get_where_subquery(relation) if execute else relation) -%}
{%- endmacro %}
