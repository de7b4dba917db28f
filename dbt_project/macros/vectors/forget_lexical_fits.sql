{# Deletes the vectors of lexical fits that no schema has any more: each refit, and each replay, would leave all of its own.
Spark cannot delete rows of Parquet: there they stay. #}
{% macro forget_lexical_fits(relation) -%}
    {{ return(adapter.dispatch('forget_lexical_fits', 'recudf')(relation)) }}
{%- endmacro %}


{% macro spark__forget_lexical_fits(relation) -%} {%- endmacro %}


{% macro default__forget_lexical_fits(relation) -%}
    {%- if execute and recudf.is_lexical() -%}
        {%- set schemas = run_query(
            "select distinct schema_name from duckdb_tables() where table_name = 'int_lexical_terms' and database_name = "
            ~ recudf.text_literal(relation.database)
        ) -%}
        delete from {{ relation }} where starts_with(fingerprint, 'lexical-')
        {%- for row in schemas %}
            and fingerprint not in (
                select fingerprint
                from {{ api.Relation.create(database=relation.database, schema=row[0], identifier='int_lexical_terms') }}
            )
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}
