{# Ranked keys without those that a longer one says as well: a key goes where its owner has a longer key that holds all
its words and has at least its value (`electr` beside `electr guitar`). Parts of one and two words are looked for.

ranked: a relation (owner_id, key, value), key as of keyphrases: words in order, separated by blanks. Gives (owner_id,
key, value, position), best first; ties by key. #}
{% macro whole_phrases(ranked) -%}
    {%- set words %}
        (
            select owner_id, key, value, {{ recudf.unnest(recudf.split('key', ' ')) }} as word
            from {{ ranked }}
            where key like '% %'
        )
    {%- endset %}
    select
        ranked.owner_id,
        ranked.key,
        ranked.value,
        row_number() over (partition by ranked.owner_id order by ranked.value desc, ranked.key) as position
    from {{ ranked }} as ranked
    left join (
        select
            owner_id,
            part,
            max(value) as value
        from (
            select owner_id, word as part, value from {{ words }} as words
            union all
            select a.owner_id, concat(a.word, ' ', b.word) as part, a.value
            from {{ words }} as a
            inner join {{ words }} as b on a.owner_id = b.owner_id and a.key = b.key
            where a.word < b.word and concat(a.word, ' ', b.word) <> a.key
        ) as parts
        group by owner_id, part
    ) as longer on ranked.owner_id = longer.owner_id and ranked.key = longer.part
    where longer.value is null or longer.value < ranked.value
{%- endmacro %}
