{# The var topic_count as SQL over encoder.points, what topics are found in: auto, or how many topics. #}
{% macro topic_count() -%}
    {%- set count = var('topic_count') -%}
    {%- if count != 'auto' and (count is not integer or count is boolean or count < 1) -%}
        {%- do exceptions.raise_compiler_error("topic_count is '" ~ count ~ "': give auto, or a whole number from 1 up") -%}
    {%- endif -%}
    {%- if count == 'auto' -%}
        cast(greatest(4, least(60, round(sqrt(encoder.points) / 2.5))) as integer)
    {%- else -%}
        {{ count }}
    {%- endif -%}
{%- endmacro %}


{# The var topic_method: a method of cluster_fit that takes a number of clusters and restarts, or of topic_fit. #}
{% macro topic_method() -%}
    {%- set method = var('topic_method') -%}
    {%- if method not in ['graph', 'spherical', 'kmeans', 'nmf', 'lda'] -%}
        {%- do recudf.refuse_var('topic_method', method, 'give graph, spherical, kmeans, nmf or lda') -%}
    {%- endif -%}
    {{ return(method) }}
{%- endmacro %}


{# Whether topics are found in words. #}
{% macro topics_of_words() -%} {{ return(recudf.topic_method() in ['nmf', 'lda']) }} {%- endmacro %}
