{# A list of days. #}
{% macro every_day(first, last) -%} {{ return(adapter.dispatch('every_day', 'recudf')(first, last)) }} {%- endmacro %}


{% macro default__every_day(first, last) -%} generate_series({{ first }}, {{ last }}, interval 1 day) {%- endmacro %}


{% macro spark__every_day(first, last) -%} sequence({{ first }}, {{ last }}, interval 1 day) {%- endmacro %}
