{# What users have of things, in a relation (user_id, id, weight), the id's name given, as directions of 256 components:
a random projection (Achlioptas, Database-friendly random projections, PODS 2001), so that the cosine of two users comes
near that of their weights. Components of a thing are hexadecimal digits of its hash, less their mean, so that they are
the same whatever others there are. Gives (user_id, vector), of length 1. #}
{% macro sketches(weights, id) -%}
{%- set places = recudf.array(range(1, 65) | list) %}
{%- set hashes, digits = [], [] %}
{%- for block in range(4) %}
    {%- do hashes.append(recudf.sha256(id ~ " || '/" ~ block ~ "'") ~ ' as hash_' ~ block) %}
    {%- do digits.append(recudf.array_map(
        places, 'place', "cast(instr('0123456789abcdef', substr(hash_" ~ block ~ ", place, 1)) - 8.5 as float)"
    )) %}
{%- endfor -%}
    with signatures as (
        select {{ id }}, {{ digits | join(' || ') }} as vector
        from (select {{ id }}, {{ hashes | join(', ') }} from (select distinct {{ id }} from {{ weights }}) as things) as hashed
    ),

    indexed as {{ recudf.materialized() }} (
        {{ recudf.index_of('signatures', id, {'handle': 'vector'}) }}
    ),

    listed as (
        select
            user_id,
            {{ recudf.array_in_order(id, [id]) }} as ids,
            {{ recudf.array_in_order('weight', [id]) }} as weights
        from {{ weights }}
        group by user_id
    )

    select
        listed.user_id,
        vector_unit(vector_mean_of(listed.ids, indexed.handle, listed.weights)) as vector
    from listed
    cross join indexed
{%- endmacro %}
