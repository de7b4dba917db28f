{# A day as in '1 May 2024'. #}
{% macro day_in_words(time) -%} {{ return(adapter.dispatch('day_in_words', 'recudf')(time)) }} {%- endmacro %}


{% macro default__day_in_words(time) -%} strftime({{ time }}, '%-d %B %Y') {%- endmacro %}


{% macro spark__day_in_words(time) -%} date_format({{ time }}, 'd MMMM yyyy') {%- endmacro %}
