-- What a user's vector is made of: items of the history and own texts, each with its decayed weight.
-- A text about an item that the user dislikes counts negative.
with items as (
    select
        history.user_id,
        'item' as kind,
        history.item_id as ref_id,
        history.item_id as vector_id,
        history.weight
    from {{ ref('recudf', 'int_user_items') }} as history
    inner join {{ ref('recudf', 'vec_items') }} as vec_items on history.item_id = vec_items.item_id
),

texts as (
    select
        texts.user_id,
        'text' as kind,
        texts.text_id as ref_id,
        texts.text_hash as vector_id,
        round(
            {{ recudf.number('text_weight') }} * {{ recudf.decay('texts.created_at', 'half_life_days') }}
            * case when history.weight < 0 then -1 else 1 end, 9
        ) as weight
    from {{ ref('recudf', 'stg_texts') }} as texts
    inner join {{ ref('recudf', 'vec_texts') }} as vec_texts on texts.text_hash = vec_texts.text_hash
    cross join {{ ref('recudf', 'stg_as_of') }} as as_of
    left join {{ ref('recudf', 'int_user_items') }} as history
        on texts.user_id = history.user_id and texts.item_id = history.item_id
)

select * from items where weight != 0
union all
select * from texts where weight != 0
