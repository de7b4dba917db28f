-- What names topics and fields: the words and categories of what they hold, best first. Of two that share a word the
-- better one stays.
with owned as (
    select
        owners.kind,
        owners.interest_id as owner_id,
        words.interest_id as key,
        cast(count(*) as double) as weight
    from {{ ref('recudf', 'int_interest_sources') }} as owners
    inner join {{ ref('recudf', 'int_interest_sources') }} as words
        on owners.source_kind = words.source_kind and owners.source_id = words.source_id
    where owners.kind in ('topic', 'field') and words.kind in ('word', 'category')
    group by owners.kind, owners.interest_id, words.interest_id
),

topics as (select * from owned where kind = 'topic'),

fields as (select * from owned where kind = 'field'),

valued as (
    {{ recudf.distinctive('topics') }}
    union all
    {{ recudf.distinctive('fields') }}
),

termed as (
    select
        valued.owner_id,
        lower(coalesce(terms.phrase, categories.name)) as term,
        bool_or(categories.name is not null) as is_category,
        max(valued.value) as value
    from valued
    left join {{ ref('recudf', 'int_terms') }} as terms on valued.key = terms.interest_id
    left join (
        select distinct interest_id, name from {{ ref('recudf', 'int_interest_sources') }} where kind = 'category'
    ) as categories on valued.key = categories.interest_id
    where valued.lift > 1.5
    group by valued.owner_id, term
),

best as (
    select * from (
        select
            owner_id,
            term,
            is_category,
            value,
            row_number() over (partition by owner_id order by value desc, term) as position
        from termed
    ) as ranked
    where position <= 30
),

parts as (
    select owner_id, position, {{ recudf.unnest(recudf.split('term', ' ')) }} as part from best
),

overlapping as (
    select distinct
        worse.owner_id,
        worse.position
    from parts as worse
    inner join parts as better
        on worse.owner_id = better.owner_id and worse.part = better.part and worse.position > better.position
)

select
    best.owner_id as interest_id,
    best.term,
    best.is_category,
    best.value,
    row_number() over (partition by best.owner_id order by best.position) as position,
    row_number() over (partition by best.owner_id, best.is_category order by best.position) as position_of_its_kind
from best
left join overlapping on best.owner_id = overlapping.owner_id and best.position = overlapping.position
where overlapping.position is null
