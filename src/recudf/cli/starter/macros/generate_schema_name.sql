{# A schema that a model names is taken as it is, so that recudf's tables land in `recudf`. Without this macro dbt puts
the schema of the profile before it: main_recudf. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
{%- endmacro %}
