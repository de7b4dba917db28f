{# A vector of zeros. #}
{% macro array_zeros(length) -%} {{ return(adapter.dispatch('array_zeros', 'recudf')(length)) }} {%- endmacro %}


{% macro default__array_zeros(length) -%} list_resize(cast([] as float[]), {{ length }}, 0) {%- endmacro %}


{% macro spark__array_zeros(length) -%} array_repeat(cast(0 as float), cast({{ length }} as integer)) {%- endmacro %}
