{# The distinct words of a text in lower case: three letters or more, numbers left out. #}
{% macro words(text) -%} {{ return(adapter.dispatch('words', 'recudf')(text)) }} {%- endmacro %}


{% macro default__words(text) -%}
    list_distinct(regexp_extract_all(lower({{ text }}), '[\p{L}][\p{L}''’-]{2,}'))
{%- endmacro %}


{% macro spark__words(text) -%}
    array_distinct(regexp_extract_all(lower({{ text }}), r"[\p{L}][\p{L}'’-]{2,}", 0))
{%- endmacro %}
