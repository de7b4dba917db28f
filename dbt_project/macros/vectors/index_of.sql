{# Indexes over vectors of a relation, a mapping {name of the handle: name of the vector}. One row.
On Spark made in parts, since one worker holds a part: as many as the var spark_index_shards says. #}
{% macro index_of(relation, id, vectors) -%}
    {{ return(adapter.dispatch('index_of', 'recudf')(relation, id, vectors)) }}
{%- endmacro %}


{% macro default__index_of(relation, id, vectors) -%}
    select
    {%- for name, vector in vectors.items() %}
        vector_index({{ id }}, {{ vector }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ relation }}
{%- endmacro %}


{% macro spark__index_of(relation, id, vectors) -%}
    select
    {%- for name in vectors %}
        index_union(collect_list({{ name }})) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from (
        select
        {%- for name, vector in vectors.items() %}
            vector_index({{ id }}, {{ vector }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
        from {{ relation }}
        group by pmod(xxhash64({{ id }}), {{ recudf.number('spark_index_shards') }})
    ) as shards
{%- endmacro %}
