{# The inner product of two vectors, added up in double precision. #}
{% macro inner_product(a, b) -%} {{ return(adapter.dispatch('inner_product', 'recudf')(a, b)) }} {%- endmacro %}


{% macro default__inner_product(a, b) -%}
    list_inner_product(cast({{ a }} as double[]), cast({{ b }} as double[]))
{%- endmacro %}


{% macro spark__inner_product(a, b) -%}
    aggregate(zip_with({{ a }}, {{ b }}, (x, y) -> cast(x as double) * y), 0D, (total, x) -> total + x)
{%- endmacro %}
