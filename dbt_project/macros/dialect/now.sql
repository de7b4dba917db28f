{# This moment, UTC. #}
{% macro now() -%} {{ return(adapter.dispatch('now', 'recudf')()) }} {%- endmacro %}


{% macro default__now() -%} timezone('UTC', get_current_timestamp()) {%- endmacro %}


{% macro spark__now() -%} current_timestamp() {%- endmacro %}
