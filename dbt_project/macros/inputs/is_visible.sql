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
    {%- set hidden = recudf.parse_relation(var('holdout')) -%}
    {%- if execute -%}
        {%- set columns = adapter.get_columns_in_relation(hidden) | map(attribute='name') | map('lower') | list
            if load_relation(hidden) is not none else [] -%}
        {%- if 'user_id' not in columns or 'item_id' not in columns -%}
            {%- do recudf.refuse_var('holdout', var('holdout'), 'name a relation with columns user_id and item_id') -%}
        {%- endif -%}
    {%- endif -%}
    exists (
        select 1 from {{ hidden }} as hidden
        where {{ recudf.user_id(recudf.trimmed('cast(hidden.user_id as string)')) }} = {{ user_id }}
            and {{ recudf.trimmed('cast(hidden.item_id as string)') }} = {{ item_id }}
    )
    {%- endif -%}
{%- endmacro %}


{# A checked literal: a var never reaches SQL as it is. #}
{% macro timestamp_literal(value, name) -%}
    {%- set text = value | string | trim -%}
    {%- set form = '^[12][0-9]{3}-(0[1-9]|1[0-2])-[0-3][0-9]([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?)?$' -%}
    {%- if not modules.re.match(form, text) or not recudf.is_day(text[:4] | int, text[5:7] | int, text[8:10] | int) -%}
        {%- do exceptions.raise_compiler_error(
            name ~ " is '" ~ text ~ "': write a UTC time such as 2024-05-01 or 2024-05-01 12:30:00"
        ) -%}
    {%- endif -%}
    cast('{{ text }}' as timestamp)
{%- endmacro %}


{# Whether a month has that day. #}
{% macro is_day(year, month, day) -%}
    {%- set next_month = modules.datetime.date(year + month // 12, month % 12 + 1, 1) -%}
    {{ return(1 <= day <= (next_month - modules.datetime.timedelta(days=1)).day) }}
{%- endmacro %}
