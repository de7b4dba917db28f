{# `embed`, `embed_all`, ... of the encoder that the var `encoder` names: an alias in the profile, or default. #}
{% macro encoder_function(name) -%}
    {%- set alias = var('encoder') -%}
    {%- set is_name = modules.re.match('^[a-z_][a-z0-9_]*$', alias | string) -%}
    {%- if not is_name or (execute and alias != 'default' and not recudf.function_exists('encoder_info_' ~ alias)) -%}
        {%- do recudf.refuse_var('encoder', alias, 'give default, lexical or an alias of the profile') -%}
    {%- endif -%}
    {{ name }}{{ '' if alias == 'default' else '_' ~ alias }}
{%- endmacro %}
