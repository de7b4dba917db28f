{# Select an input with our column names and types. A missing column is NULL, a missing relation has no rows; rows of users
who asked to be forgotten are left out. #}
{% macro select_input(name) %}
    {%- set users = ['user_id', 'other_user_id'] | select('in', recudf.input_columns(name)) | list -%}
    {%- set asked = name != 'forget_requests' and users and recudf.input_relation('forget_requests') is not none -%}
    {%- if execute and not asked -%}
        {{ recudf.select_everybody(name) }}
    {%- else -%}
    select input.*
    from (
        {{ recudf.select_everybody(name) }}
    ) as input
    where
        {%- for user in users %}
        {{ 'and ' if not loop.first }}not exists (
            select 1 from ({{ recudf.select_everybody('forget_requests') }}) as asked
            where asked.user_id = input.{{ user }} and {{ recudf.has_been_asked('asked.requested_at') }}
        )
        {%- else %} true
        {%- endfor %}
    {%- endif -%}
{% endmacro %}


{# A request counts from its time on, and not from as_of: who is forgotten is so in a look back, too. #}
{% macro has_been_asked(time) -%}
    ({{ time }} is null
        or {{ time }} <= {{ recudf.timestamp_literal(run_started_at.strftime('%Y-%m-%d %H:%M:%S'), 'run_started_at') }})
{%- endmacro %}


{# The same with rows of everybody. #}
{% macro select_everybody(name) %}
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
        {%- set value = recudf.read_column(present.get(name_there | lower), kind) %}
        {{ recudf.user_id(value) if name_here in ('user_id', 'other_user_id') else value }} as {{ name_here }}
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
