{# The words of a text in lower case: three letters or more, numbers left out. #}
{% macro words(text) -%}
    list_distinct(regexp_extract_all(lower({{ text }}), '[\p{L}][\p{L}''’-]{2,}'))
{%- endmacro %}
