{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ 'dwh' if custom_schema_name is none else 'dwh_' ~ custom_schema_name | trim }}
{%- endmacro %}
