{# Whether a function is registered. #}
{% macro function_exists(name) -%} {{ return(adapter.dispatch('function_exists', 'recudf')(name)) }} {%- endmacro %}


{% macro default__function_exists(name) -%}
    {%- set found = run_query("select 1 from duckdb_functions() where function_name = '" ~ name ~ "' limit 1") -%}
    {{ return(found | length > 0) }}
 {%- endmacro %}


{% macro spark__function_exists(name) -%}
    {{ return(run_query("show user functions like '" ~ name ~ "'") | length > 0) }}
 {%- endmacro %}
