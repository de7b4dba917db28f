{# After a mart is built: a view of it in the schema that BI may read (var bi_schema), so that readers can be let into that
one alone. With `bi_marts: without_users` only of marts that hold no row and no id of a user. Not while replays measure. #}
{% macro show_to_bi(relation) -%}
    {%- set marts = var('bi_marts') -%}
    {%- do ref('recudf', 'stg_as_of') -%} {#- which makes the schema, and so comes before every mart -#}
    {%- if marts not in ['all', 'without_users'] -%}
        {%- do recudf.refuse_var('bi_marts', marts, 'give all or without_users') -%}
    {%- endif -%}
    {%- if execute and var('bi_schema') is not none and var('evaluation_users') is none -%}
        {%- do recudf.create_bi_schema(relation) -%}
        {%- if relation.schema | lower == var('bi_schema') | string | lower -%}
            {%- do recudf.refuse_var('bi_schema', var('bi_schema'), 'name another schema than that of the tables') -%}
        {%- endif -%}
        {%- set view = api.Relation.create(
            database=relation.database, schema=var('bi_schema') | string, identifier=relation.identifier, type='view'
        ) -%}
        {%- if marts == 'all' or relation.identifier in recudf.marts_without_users() -%}
            create or replace view {{ view }} as
            select
            {%- for column in adapter.get_columns_in_relation(relation)
                if marts == 'all' or column.name not in recudf.columns_of_user_ids() %}
                {{ recudf.quoted(column.name) }} {%- if not loop.last %},{% endif %}
            {%- endfor %}
            from {{ relation }}
        {%- else -%}
            drop view if exists {{ view }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{# The schema, where it is not there: before any mart, after stg_as_of, since marts that are built side by side would all
make it; a build of marts alone finds it there or makes it itself. relation: any of the build's tables. #}
{% macro create_bi_schema(relation) -%}
    {%- if execute and var('bi_schema') is not none and var('evaluation_users') is none -%}
        {%- do recudf.check_schema('bi_schema', var('bi_schema')) -%}
        {%- if not adapter.check_schema_exists(relation.database, var('bi_schema') | string) -%}
            {%- do adapter.create_schema(api.Relation.create(database=relation.database, schema=var('bi_schema') | string)) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{# Marts of which no row is of a user. #}
{% macro marts_without_users() -%}
    {{ return([
        'dim_groups', 'dim_interests', 'dim_items', 'fct_group_history', 'fct_group_interests', 'fct_group_recommendations',
        'fct_group_segments', 'fct_group_similarities', 'fct_interest_rules', 'fct_interest_trends', 'fct_metrics', 'fct_runs',
    ]) }}
{%- endmacro %}


{# Their columns that name members all the same. #}
{% macro columns_of_user_ids() -%} {{ return(['exemplars', 'example_users']) }} {%- endmacro %}
