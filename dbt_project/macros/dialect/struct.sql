{# A struct of named expressions, a mapping. #}
{% macro struct(fields) -%} {{ return(adapter.dispatch('struct', 'recudf')(fields)) }} {%- endmacro %}


{% macro default__struct(fields) -%}
    struct_pack(
    {%- for name, value in fields.items() -%} {{ name }} := {{ value }}{{ ', ' if not loop.last }} {%- endfor -%}
    )
{%- endmacro %}


{% macro spark__struct(fields) -%}
    named_struct(
    {%- for name, value in fields.items() -%} '{{ name }}', {{ value }}{{ ', ' if not loop.last }} {%- endfor -%}
    )
{%- endmacro %}
