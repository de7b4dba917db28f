{# `embed`, `embed_all`, ... of the encoder that the var `encoder` names: an alias in the profile, or default. #}
{% macro encoder_function(name) -%}
    {%- set alias = var('encoder') -%}
    {%- if not modules.re.match('^[a-z_][a-z0-9_]*$', alias) -%}
        {%- do exceptions.raise_compiler_error("encoder is '" ~ alias ~ "': give default or an alias of the profile") -%}
    {%- endif -%}
    {{ name }}{{ '' if alias == 'default' else '_' ~ alias }}
{%- endmacro %}
