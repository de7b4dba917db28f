{# Select an input with our column names and types. A missing column is NULL, a missing relation has no rows. #}
{% macro select_input(name) %}
    {%- set relation = recudf.input_relation(name) -%}
    {%- set mapping = recudf.input_mapping(name).get('columns', {}) -%}
    {%- set present = {} -%}
    {%- if execute and relation is not none -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do present.update({column.name | lower: column}) -%}
        {%- endfor -%}
        {%- do recudf.check_columns(name, relation, mapping, present) -%}
    {%- endif -%}
    select
    {%- for name_here, kind in recudf.input_columns(name).items() %}
        {%- set name_there = mapping.get(name_here, name_here) %}
        {{ recudf.read_column(present.get(name_there | lower), kind) }} as {{ name_here }}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
    {%- if relation is none %}
    where false
    {%- else %}
    from {{ relation }}
    {%- endif %}
{% endmacro %}


{# Raise where a mapping names a column that is not ours or not there, and where a column that must be there is not. #}
{% macro check_columns(name, relation, mapping, present) %}
    {%- set ours = recudf.input_columns(name) -%}
    {%- for name_here, name_there in mapping.items() -%}
        {%- if name_here not in ours -%}
            {%- do exceptions.raise_compiler_error(
                "input '" ~ name ~ "' maps '" ~ name_here ~ "', which it does not have: its columns are " ~ ours | join(', ')
            ) -%}
        {%- elif name_there | lower not in present -%}
            {%- do exceptions.raise_compiler_error(
                "input '" ~ name ~ "' maps " ~ name_here ~ " to column '" ~ name_there ~ "', which " ~ relation ~ " lacks"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for column in recudf.required_columns(name) if mapping.get(column, column) | lower not in present -%}
        {%- do exceptions.raise_compiler_error(
            "input '" ~ name ~ "': " ~ relation ~ " has no column " ~ column ~ ": map one with the var inputs." ~ name ~ ".columns"
        ) -%}
    {%- endfor -%}
{% endmacro %}


{# One column, cleaned and cast: ids and texts trimmed, blank is NULL; times in UTC without zone. #}
{% macro read_column(column, kind) -%}
    {%- set types = {'id': 'string', 'text': 'string', 'number': 'double', 'time': 'timestamp'} -%}
    {%- if column is none or column is undefined -%}
        cast(null as {{ types[kind] }})
    {%- elif kind in ('id', 'text') -%}
        nullif({{ recudf.trimmed('cast(' ~ recudf.quoted(column.name) ~ ' as string)') }}, '')
    {%- elif kind == 'time' -%}
        {{ recudf.utc(recudf.quoted(column.name), column.dtype) }}
    {%- else -%}
        {{ recudf.finite('try_cast(' ~ recudf.quoted(column.name) ~ ' as double)') }}
    {%- endif -%}
{%- endmacro %}


{% macro blanks() -%} '{{ ' \t\n\r\u00a0\u3000' }}' {%- endmacro %}


{# A number; NULL where it is infinite, or none. #}
{% macro finite(expression) -%}
    {%- set largest = '1.7976931348623157e308' -%}
    case when {{ expression }} between -{{ largest }} and {{ largest }} then {{ expression }} end
{%- endmacro %}
