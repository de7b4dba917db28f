{# A text without blanks around it: also tabs, ends of lines, and the blanks of HTML and of Chinese and Japanese. #}
{% macro trimmed(text) -%} {{ return(adapter.dispatch('trimmed', 'recudf')(text)) }} {%- endmacro %}


{% macro default__trimmed(text) -%} trim({{ text }}, {{ recudf.blanks() }}) {%- endmacro %}


{% macro spark__trimmed(text) -%} btrim({{ text }}, {{ recudf.blanks() }}) {%- endmacro %}
