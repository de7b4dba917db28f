{# How much of what a user liked lies in the categories of an item, the mean over the item's categories.
standing: a relation (fold, user_id, item_id). #}
{% macro category_shares(standing) -%}
    select
        standing.fold,
        standing.user_id,
        standing.item_id,
        round(sum(coalesce(shares.share, 0e0)) / count(*), 6) as share
    from {{ standing }} as standing
    inner join {{ ref('recudf', 'int_item_words') }} as categories
        on standing.item_id = categories.item_id and categories.kind = 'category'
    left join (
        select
            counted.fold,
            counted.user_id,
            counted.word,
            counted.items * 1e0 / counted.all_items as share
        from (
            select
                history.fold,
                history.user_id,
                categories.word,
                count(*) as items,
                max(totals.items) as all_items
            from {{ ref('recudf', 'int_ranking_history') }} as history
            inner join (
                select fold, user_id, count(*) as items
                from {{ ref('recudf', 'int_ranking_history') }}
                where source_kind = 'item' and weight > 0
                group by fold, user_id
            ) as totals on history.fold = totals.fold and history.user_id = totals.user_id
            inner join {{ ref('recudf', 'int_item_words') }} as categories
                on history.source_id = categories.item_id and categories.kind = 'category'
            where history.source_kind = 'item' and history.weight > 0
            group by history.fold, history.user_id, categories.word
        ) as counted
    ) as shares
        on
            standing.fold = shares.fold
            and standing.user_id = shares.user_id
            and categories.word = shares.word
    group by standing.fold, standing.user_id, standing.item_id
{%- endmacro %}
