{# A text as a SQL literal. #}
{% macro text_literal(text) -%} {{ return(adapter.dispatch('text_literal', 'recudf')(text)) }} {%- endmacro %}


{% macro default__text_literal(text) -%} '{{ text | string | replace("'", "''") }}' {%- endmacro %}


{% macro spark__text_literal(text) -%}
    '{{ text | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- endmacro %}
