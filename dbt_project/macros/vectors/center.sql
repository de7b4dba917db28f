{# The mean of the vectors of a relation, whatever the order of its rows, and how many there are. One row.
Means of up to 4,096 parts come first, and then the mean of those: on Spark they are made where the rows are, and on
either engine no list holds all vectors. #}
{% macro center(relation, id) -%}
    select
        vector_mean(
            {{ recudf.array_in_order('vector', ['part']) }}, {{ recudf.array_in_order('texts', ['part']) }}
        ) as vector,
        coalesce(cast(sum(texts) as bigint), 0) as texts
    from (
        select
            substr({{ recudf.sha256(id) }}, 1, 3) as part,
            vector_mean({{ recudf.array_in_order('vector', [id]) }}) as vector,
            cast(count(*) as double) as texts
        from {{ relation }}
        group by substr({{ recudf.sha256(id) }}, 1, 3)
    ) as parts
{%- endmacro %}
