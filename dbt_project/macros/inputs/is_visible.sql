{# What a build may see, in one place: a dated row up to `as_of`, an undated row always. #}
{% macro is_visible(time) -%}
    ({{ time }} is null or {{ time }} <= (select as_of from {{ ref('recudf', 'stg_as_of') }}))
{%- endmacro %}


{# An event has a possible time if it has none, or one between `earliest_event` and the build itself. #}
{% macro has_possible_time(time) -%}
    ({{ time }} is null or {{ time }} between {{ recudf.timestamp_literal(var('earliest_event'), 'earliest_event') }}
        and {{ recudf.timestamp_literal(run_started_at.strftime('%Y-%m-%d %H:%M:%S'), 'run_started_at') }})
{%- endmacro %}


{# True for pairs that the var `holdout` hides. #}
{% macro is_held_out(user_id, item_id) -%}
    {%- if var('holdout') is none -%} false
    {%- else -%}
    exists (
        select 1 from {{ recudf.parse_relation(var('holdout')) }} as hidden
        where cast(hidden.user_id as varchar) = {{ user_id }} and cast(hidden.item_id as varchar) = {{ item_id }}
    )
    {%- endif -%}
{%- endmacro %}


{# A checked literal: a var never reaches SQL as it is. #}
{% macro timestamp_literal(value, name) -%}
    {%- set text = value | string | trim -%}
    {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?$', text) -%}
        {%- do exceptions.raise_compiler_error(
            name ~ " is '" ~ text ~ "': write a UTC time such as 2024-05-01 or 2024-05-01 12:30:00"
        ) -%}
    {%- endif -%}
    cast('{{ text }}' as timestamp)
{%- endmacro %}


{# A checked number. #}
{% macro number(name) -%}
    {%- set value = var(name) -%}
    {%- if value is not number -%}
        {%- do exceptions.raise_compiler_error(name ~ " is '" ~ value ~ "': give a number") -%}
    {%- endif -%}
    {{ value }}
{%- endmacro %}
