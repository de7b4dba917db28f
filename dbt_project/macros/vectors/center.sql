{# The mean of the vectors of a relation, whatever the order of its rows, and how many there are. One row.
On Spark means of up to 1,024 parts are made where the rows are, and then the mean of those. #}
{% macro center(relation, id) -%} {{ return(adapter.dispatch('center', 'recudf')(relation, id)) }} {%- endmacro %}


{% macro default__center(relation, id) -%}
    select
        vector_mean(list(vector order by {{ id }})) as vector,
        count(*) as texts
    from {{ relation }}
{%- endmacro %}


{% macro spark__center(relation, id) -%}
    select
        vector_mean(
            {{ recudf.array_in_order('vector', ['part']) }}, {{ recudf.array_in_order('texts', ['part']) }}
        ) as vector,
        coalesce(cast(sum(texts) as bigint), 0) as texts
    from (
        select
            pmod(hash({{ id }}), 1024) as part,
            vector_mean({{ recudf.array_in_order('vector', [id]) }}) as vector,
            cast(count(*) as double) as texts
        from {{ relation }}
        group by part
    ) as parts
{%- endmacro %}
