{# The inner product of two vectors, added up in double precision; of NULL: NULL. #}
{% macro inner_product(a, b) -%} {{ return(adapter.dispatch('inner_product', 'recudf')(a, b)) }} {%- endmacro %}


{# a NULL of type float[n] would be cast to a list of NULLs, which the function refuses #}
{% macro default__inner_product(a, b) -%}
    case when {{ a }} is not null and {{ b }} is not null
        then list_inner_product(cast({{ a }} as double[]), cast({{ b }} as double[])) end
{%- endmacro %}


{% macro spark__inner_product(a, b) -%}
    aggregate(zip_with({{ a }}, {{ b }}, (x, y) -> cast(x as double) * y), 0D, (total, x) -> total + x)
{%- endmacro %}
