{# The var group_count: auto, or how many groups. #}
{% macro group_count() -%}
    {%- set count = var('group_count') -%}
    {%- if count != 'auto' and (count is not integer or count is boolean or count < 1) -%}
        {%- do exceptions.raise_compiler_error("group_count is '" ~ count ~ "': give auto, or a whole number from 1 up") -%}
    {%- endif -%}
    {{ return(count) }}
{%- endmacro %}
