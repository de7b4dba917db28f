{# What a user wrote, before words are read from it: without what points to a person, where the var mask_texts says so. #}
{% macro masked(text) -%}
    {%- if recudf.texts_are_masked() -%} mask_personal({{ text }}) {%- else -%} {{ text }} {%- endif -%}
{%- endmacro %}


{# The var mask_texts. #}
{% macro texts_are_masked() -%}
    {%- if var('mask_texts') is not boolean -%}
        {%- do recudf.refuse_var('mask_texts', var('mask_texts'), 'give true or false') -%}
    {%- endif -%}
    {{ return(var('mask_texts')) }}
{%- endmacro %}
