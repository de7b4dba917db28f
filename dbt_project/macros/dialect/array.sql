{# A list of these expressions. #}
{% macro array(values) -%} {{ return(adapter.dispatch('array', 'recudf')(values)) }} {%- endmacro %}


{% macro default__array(values) -%} [{{ values | join(', ') }}] {%- endmacro %}


{% macro spark__array(values) -%} array({{ values | join(', ') }}) {%- endmacro %}
