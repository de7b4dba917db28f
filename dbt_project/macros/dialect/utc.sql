{# A column of some type as a time in UTC; NULL where it is none. On Spark times are instants, and the session speaks
UTC. #}
{% macro utc(column, data_type) -%} {{ return(adapter.dispatch('utc', 'recudf')(column, data_type)) }} {%- endmacro %}


{% macro default__utc(column, data_type) -%}
    {%- if 'WITH TIME ZONE' in data_type | upper -%} timezone('UTC', {{ column }})
    {%- else -%} try_cast({{ column }} as timestamp)
    {%- endif -%}
{%- endmacro %}


{% macro spark__utc(column, data_type) -%} try_cast({{ column }} as timestamp) {%- endmacro %}
