-- The words by which each group stands out from all users, best first. Every member counts the same, and
-- what only few of them have says nothing of the group.
with liked as (
    select
        members.group_id as owner_id,
        members.user_id,
        history.item_id,
        history.weight / sum(history.weight) over (partition by history.user_id) as weight
    from {{ ref('recudf', 'int_group_members') }} as members
    inner join {{ ref('recudf', 'int_user_items') }} as history on members.user_id = history.user_id
    where history.weight > 0
)

{{ recudf.one_form_each(recudf.distinctive_words('liked', 'user_id')) }}
