{#- The version of this package, as in dbt_project.yml, which dbt does not show to models. -#}
{% macro version() -%} 0.1.0 {%- endmacro %}
