{# A macro of its own by the name of one of the package's. #}
{% macro number(name) -%} {{ exceptions.raise_compiler_error("the wrong macro was called for " ~ name) }} {%- endmacro %}
