{# A direction of 256 components for each id of a relation, the same whatever others there are: hexadecimal digits of its
hash, less their mean. Means of them are a random projection (Achlioptas, Database-friendly random projections, PODS
2001): their cosines come near those of the weights. Gives (id, vector), the id's name given. #}
{% macro signatures(relation, id) -%}
{%- set places = recudf.array(range(1, 65) | list) %}
{%- set hashes, digits = [], [] %}
{%- for block in range(4) %}
    {%- do hashes.append(recudf.sha256(id ~ " || '/" ~ block ~ "'") ~ ' as hash_' ~ block) %}
    {%- do digits.append(recudf.array_map(
        places, 'place', "cast(instr('0123456789abcdef', substr(hash_" ~ block ~ ", place, 1)) - 8.5 as float)"
    )) %}
{%- endfor -%}
    select {{ id }}, {{ digits | join(' || ') }} as vector
    from (select {{ id }}, {{ hashes | join(', ') }} from {{ relation }}) as hashed
{%- endmacro %}
