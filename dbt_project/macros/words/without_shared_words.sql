{# Of ranked terms that share a word the best one.

ranked: a relation (owner_id, term, position, ...), term of words with blanks between them. Gives its rows, less the others. #}
{% macro without_shared_words(ranked) -%}
    {%- set parts -%}
        (select owner_id, position, {{ recudf.unnest(recudf.split('term', ' ')) }} as part from {{ ranked }})
    {%- endset -%}
    select ranked.*
    from {{ ranked }} as ranked
    left join (
        select distinct
            worse.owner_id,
            worse.position
        from {{ parts }} as worse
        inner join {{ parts }} as better
            on worse.owner_id = better.owner_id and worse.part = better.part and worse.position > better.position
    ) as shared on ranked.owner_id = shared.owner_id and ranked.position = shared.position
    where shared.position is null
{%- endmacro %}
