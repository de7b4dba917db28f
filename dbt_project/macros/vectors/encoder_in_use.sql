{# What makes the vectors: (encoder, fingerprint, dimension, max_tokens, device, dtype). One row; without a fingerprint
where `lexical` had too few texts to be fitted on. #}
{% macro encoder_in_use() -%}
    {%- if recudf.is_lexical() -%}
    select
        'lexical' as encoder,
        min(fingerprint) as fingerprint,
        cast(max({{ recudf.array_length('vector') }}) as integer) as dimension,
        cast(null as integer) as max_tokens,
        'cpu' as device,
        'fp32' as dtype
    from {{ ref('recudf', 'int_lexical_terms') }}
    {%- else -%}
    select info.* from (select {{ recudf.encoder_function('encoder_info') }}() as info) as asked
    {%- endif -%}
{%- endmacro %}


{# Whether the encoder is fitted on the texts themselves. #}
{% macro is_lexical() -%} {{ return(var('encoder') == 'lexical') }} {%- endmacro %}


{# The handle of the lexical fit in use; of a model, NULL. One row. #}
{% macro fit_in_use() -%}
    {%- if recudf.is_lexical() -%}
    {{ recudf.index_of(ref('recudf', 'int_lexical_terms'), 'term', {'handle': 'vector'}) }}
    {%- else -%}
    select cast(null as string) as handle
    {%- endif -%}
{%- endmacro %}


{# What the encoder knows of a text; handle is of fit_in_use. #}
{% macro text_coverage(text, handle) -%}
    {%- if recudf.is_lexical() -%} text_coverage_lexical({{ text }}, {{ handle }})
    {%- else -%} {{ recudf.encoder_function('text_coverage') }}({{ text }})
    {%- endif -%}
{%- endmacro %}
