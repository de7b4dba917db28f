{# Whether proposals of a language model are wanted: the var llm. Which one, the profile or the environment says. #}
{% macro llm_is_on() -%}
    {%- if var('llm') is not boolean -%} {%- do recudf.refuse_var('llm', var('llm'), 'give true or false') -%} {%- endif -%}
    {{ return(var('llm')) }}
{%- endmacro %}
