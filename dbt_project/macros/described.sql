{# What interests are read from in an item: its title and description, which may be NULL. #}
{% macro described(title, description) -%}
    concat_ws('. ', {{ title }}, {{ description }})
{%- endmacro %}
