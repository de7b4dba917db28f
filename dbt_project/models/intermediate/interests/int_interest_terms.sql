-- What names topics and fields: the words and categories of what they hold, best first: those by which they stand out,
-- by how much what has them is alike; those that at least one in twenty of its items and texts has come before rarer
-- ones. Of two that share a word the better one stays.
with sizes as (
    select
        interest_id,
        count(*) as size
    from {{ ref('recudf', 'int_interest_sources') }}
    where kind in ('topic', 'field')
    group by interest_id
),

owned as (
    select
        owners.kind,
        owners.interest_id as owner_id,
        words.interest_id as key,
        cast(count(*) as double) as weight,
        count(*) * 20 >= min(sizes.size) as is_frequent
    from {{ ref('recudf', 'int_interest_sources') }} as owners
    inner join {{ ref('recudf', 'int_interest_sources') }} as words
        on owners.source_kind = words.source_kind and owners.source_id = words.source_id
    inner join sizes on owners.interest_id = sizes.interest_id
    where owners.kind in ('topic', 'field') and words.kind in ('word', 'category')
    group by owners.kind, owners.interest_id, words.interest_id
),

topics as (select * from owned where kind = 'topic'),

fields as (select * from owned where kind = 'field'),

valued as (
    {{ recudf.distinctive('topics', ['is_frequent']) }}
    union all
    {{ recudf.distinctive('fields', ['is_frequent']) }}
),

termed as (
    select
        valued.owner_id,
        lower(coalesce(terms.phrase, categories.name)) as term,
        bool_or(categories.name is not null) as is_category,
        bool_or(valued.is_frequent) as is_frequent,
        max(round(valued.value * coalesce(coherence.coherence, 1), 9)) as value
    from valued
    left join {{ ref('recudf', 'int_interest_coherence') }} as coherence on valued.key = coherence.interest_id
    left join {{ ref('recudf', 'int_terms') }} as terms on valued.key = terms.interest_id
    left join (
        select distinct interest_id, name from {{ ref('recudf', 'int_interest_sources') }} where kind = 'category'
    ) as categories on valued.key = categories.interest_id
    where valued.lift > 1.5
    group by valued.owner_id, term
),

ranked as (
    select
        *,
        row_number() over (partition by owner_id order by is_frequent desc, value desc, term) as position
    from termed
),

first_ones as (
    select * from ranked where position <= 30
),

kept as (
    {{ recudf.without_shared_words('first_ones') }}
)

select
    owner_id as interest_id,
    term,
    is_category,
    is_frequent,
    value,
    row_number() over (partition by owner_id order by position) as position,
    row_number() over (partition by owner_id, is_category order by position) as position_of_its_kind
from kept
