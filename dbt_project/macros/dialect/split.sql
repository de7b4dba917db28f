{# A text as a list, split at a character. #}
{% macro split(text, separator) -%} {{ return(adapter.dispatch('split', 'recudf')(text, separator)) }} {%- endmacro %}


{% macro default__split(text, separator) -%} string_split({{ text }}, '{{ separator }}') {%- endmacro %}


{% macro spark__split(text, separator) -%} split({{ text }}, '[{{ separator }}]') {%- endmacro %}
