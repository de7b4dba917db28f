{# The distinct words of a text in lower case: three characters or more, from a letter to a letter, numbers left out. #}
{% macro words(text) -%} {{ return(adapter.dispatch('words', 'recudf')(text)) }} {%- endmacro %}


{% macro default__words(text) -%}
    list_distinct(regexp_extract_all(lower({{ text }}), '[\p{L}][\p{L}''’-]+[\p{L}]'))
{%- endmacro %}


{% macro spark__words(text) -%}
    array_distinct(regexp_extract_all(lower({{ text }}), r"[\p{L}][\p{L}'’-]+[\p{L}]", 0))
{%- endmacro %}
