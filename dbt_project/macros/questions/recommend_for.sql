{# A statement that leaves the table macro recommend_for(text, k) in the schema, for whoever reads the database with the
functions: what somebody would be recommended of whom nothing is known but a text. Spark has no such macro. Expects to
be the hook of int_item_points. #}
{% macro create_recommend_for(points) -%} {{ return(adapter.dispatch('create_recommend_for', 'recudf')(points)) }} {%- endmacro %}


{% macro spark__create_recommend_for(points) -%} {%- endmacro %}


{% macro default__create_recommend_for(points) -%}
    {%- set center = ref('recudf', 'int_item_center') -%}
    {%- set items = ref('recudf', 'stg_items') -%}
    {%- set terms = ref('recudf', 'int_lexical_terms') if recudf.is_lexical() else none -%}
    {%- set half = 'cast(0.5 * ' ~ recudf.number('popularity_weight') ~ ' as float)' -%}
    {%- set vector = 'embed_lexical("text", fit.handle)' if terms else recudf.encoder_function('embed') ~ '("text")' -%}
    create or replace macro {{ points.include(database=false, identifier=false) }}.recommend_for("text", k) as table (
        with fit as materialized (
            {%- if terms %}
            {{ recudf.index_of(terms.include(database=false), 'term', {'handle': 'vector'}) }}
            {%- else %}
            select null as handle
            {%- endif %}
        ),

        candidates as materialized (
            {{ recudf.index_of(points.include(database=false), 'item_id', {
                'points': 'point', 'popularity_points': 'popularity_point'
            }) }}
        ),

        asked as materialized (
            select {{ vector }} as vector from fit
        ),

        pointed as materialized (
            select
                {{ recudf.centered('asked.vector', 'center.vector', 'center.texts') }}
                || [{{ half }}, {{ half }}, 0::float] as point,
                asked.vector is null as is_blank
            from asked
            cross join {{ center.include(database=false) }} as center
        ),

        ranked as (
            select
                sqrt(3 * {{ recudf.inner_product('point', 'point') }}) as length,
                unnest(cosine_topk(point, points, k), recursive := true)
            from pointed
            cross join candidates
            where not is_blank
            union all
            select
                sqrt(2) as length,
                unnest(cosine_topk([1, 0, 0], popularity_points, k), recursive := true)
            from pointed
            cross join candidates
            where is_blank
        )

        select
            ranked.rank,
            ranked.id as item_id,
            items.title,
            (ranked.score * ranked.length)::float as score
        from ranked
        inner join {{ items.include(database=false) }} as items on ranked.id = items.item_id
        order by ranked.rank
    )
{%- endmacro %}
