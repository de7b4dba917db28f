{# Where relations of this package land.

RECUDF_SCHEMA, where it is set, is taken as it is: a replay must not meet the tables of a build. What schemas share
(embeddings) stays where it is. Within a project that installs this package, that project's own generate_schema_name
decides, or dbt's (<target schema>_recudf). #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set wanted = env_var('RECUDF_SCHEMA', '') -%}
    {%- set root_macros = context.get(project_name, {}) -%}
    {%- do recudf.check_schema('RECUDF_SCHEMA', wanted) -%}
    {%- if wanted and node.resource_type in ('model', 'seed') and not node.config.meta.get('shared_by_schemas') -%}
        {{ wanted }}
    {%- elif project_name == 'recudf' -%}
        {{ target.schema if custom_schema_name is none else custom_schema_name | trim }}
    {%- elif 'generate_schema_name' in root_macros -%}
        {{ root_macros['generate_schema_name'](custom_schema_name, node) }}
    {%- else -%}
        {{ dbt.generate_schema_name(custom_schema_name, node) }}
    {%- endif -%}
{%- endmacro %}
