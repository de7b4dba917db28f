{# The words of items by which each owner stands out (recudf.distinctive), those of several items.

owned: a relation (owner_id, item_id, weight), weight > 0. person: its column of whose the item is, where words are told
only of enough of these (var min_cell_users). Gives (owner_id, word, lift, value, position). #}
{% macro distinctive_words(owned, person=none) -%}
    {%- set counted %}
        (
            select
                owned.owner_id,
                words.word as key,
                min(owned.item_id) < max(owned.item_id)
                {%- if person %}
                and count(distinct owned.{{ person }}) >= {{ recudf.min_cell_users() }}
                {%- endif %} as is_of_several,
                round(sum(owned.weight), 9) as weight
            from {{ owned }} as owned
            inner join {{ ref('recudf', 'int_item_words') }} as words on owned.item_id = words.item_id
            group by owned.owner_id, words.word
        ) as counted
    {%- endset -%}
    select
        owner_id,
        key as word,
        lift,
        value,
        row_number() over (partition by owner_id order by value desc, key) as position
    from (
        {{ recudf.distinctive(counted, ['is_of_several']) }}
    ) as stands_out
    where is_of_several
{%- endmacro %}
