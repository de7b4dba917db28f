-- The words by which each user stands out from all users, best first.
with liked as (
    select
        user_id as owner_id,
        item_id,
        weight
    from {{ ref('int_user_items') }}
    where weight > 0
)

{{ recudf.distinctive_words('liked') }}
