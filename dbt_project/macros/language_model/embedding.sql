{# The vector of a text by the encoder in use; handle is of fit_in_use. #}
{% macro embedding(text, handle) -%}
    {%- if recudf.is_lexical() -%} embed_lexical({{ text }}, {{ handle }})
    {%- else -%} {{ recudf.encoder_function('embed') }}({{ text }})
    {%- endif -%}
{%- endmacro %}
