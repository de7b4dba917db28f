-- The words by which each user stands out from all users, best first. Bot-like users are left out, as what they do
-- would move what is common.
with liked as (
    select
        history.user_id as owner_id,
        history.item_id,
        history.weight
    from {{ ref('recudf', 'int_user_items') }} as history
    inner join {{ ref('recudf', 'int_users_flagged') }} as users on history.user_id = users.user_id
    where history.weight > 0 and not users.is_bot
)

{{ recudf.distinctive_words('liked') }}
