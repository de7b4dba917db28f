-- What each user cares about, best first: topics, categories and words of the deepest layer that they are in, the first
-- topic before the first word. What is called the same in two layers, or as a topic and as a word, comes once.
with held as (
    select
        ranked.user_id,
        ranked.interest_id,
        interests.name,
        interests.granularity,
        ranked.position,
        case ranked.layer when 'deep' then 1 when 'middle' then 2 else 3 end as depth
    from {{ ref('recudf', 'int_user_interests') }} as ranked
    inner join {{ ref('recudf', 'int_interests') }} as interests on ranked.interest_id = interests.interest_id
    where interests.granularity in ('topic', 'word')
),

repeated as (
    select
        held.*,
        row_number() over (
            partition by user_id, lower(name) order by depth, position, granularity, interest_id
        ) as occurrence
    from held
),

numbered as (
    select
        user_id,
        interest_id,
        name,
        row_number() over (partition by user_id order by depth, position, granularity, interest_id) as position
    from repeated
    where occurrence = 1
)

select * from numbered where position <= 10
