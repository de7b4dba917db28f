-- The words by which each given group stands out from all given groups, best first: of what it did itself, and of what
-- its members did. All that it did counts as one more member.
with did as (
    select
        group_id as owner_id,
        group_id as by_id,
        item_id,
        weight
    from {{ ref('recudf', 'int_group_items') }}
    where weight > 0
    union all
    select
        members.group_id as owner_id,
        members.user_id as by_id,
        history.item_id,
        history.weight
    from {{ ref('recudf', 'stg_memberships') }} as members
    inner join {{ ref('recudf', 'int_user_items') }} as history on members.user_id = history.user_id
    where history.weight > 0
),

liked as (
    select
        owner_id,
        item_id,
        weight / sum(weight) over (partition by owner_id, by_id) as weight
    from did
)

{{ recudf.one_form_each(recudf.distinctive_words('liked')) }}
