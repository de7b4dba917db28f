{# A time in microseconds since 1970. #}
{% macro microseconds(time) -%} {{ return(adapter.dispatch('microseconds', 'recudf')(time)) }} {%- endmacro %}


{% macro default__microseconds(time) -%} epoch_us({{ time }}) {%- endmacro %}


{% macro spark__microseconds(time) -%} unix_micros(cast({{ time }} as timestamp)) {%- endmacro %}
