{# The words by which each owner stands out: share x ln(share / share among all), the owner's term of the
Kullback-Leibler divergence between its words and everybody's, so that a word must be both frequent and special.

owned: a relation (owner_id, item_id, weight), weight > 0. Gives (owner_id, word, lift, value, position). #}
{% macro distinctive_words(owned) -%}
    select
        owner_id,
        word,
        -- rounded, so that the order in which the weights are added up does not show
        round(share / overall_share, 9) as lift,
        round(share * ln(share / overall_share), 9) as value,
        row_number() over (partition by owner_id order by round(share * ln(share / overall_share), 9) desc, word) as position
    from (
        select
            owner_id,
            word,
            is_of_several,
            weight / sum(weight) over (partition by owner_id) as share,
            sum(weight) over (partition by word) / sum(weight) over () as overall_share
        from (
            select
                owned.owner_id,
                words.word,
                min(owned.item_id) < max(owned.item_id) as is_of_several,
                round(sum(owned.weight), 9) as weight
            from {{ owned }} as owned
            inner join {{ ref('recudf', 'int_item_words') }} as words on owned.item_id = words.item_id
            group by owned.owner_id, words.word
        ) as counted
    ) as shares
    where round(share / overall_share, 9) > 1 and is_of_several
{%- endmacro %}
