-- Interests by name, with the share that each has in people's weight on average: every person counts the same.
with sources as (
    select
        interest_id,
        min(kind) as kind,
        min(name) as name,
        count(*) as sources
    from {{ ref('recudf', 'int_interest_sources') }}
    group by interest_id
),

users as (
    select
        interest_id,
        count(*) as users,
        round(sum(weight / user_weight), 9) as summed_share
    from {{ ref('recudf', 'int_user_interest_weights') }}
    group by interest_id
),

people as (
    select count(distinct user_id) as users from {{ ref('recudf', 'int_user_interest_weights') }}
),

-- categories have rows of their own: no more than two of them name a topic
naming as (
    select
        interest_id,
        term,
        is_frequent or position = 1 as is_name,
        row_number() over (partition by interest_id order by position) as position
    from {{ ref('recudf', 'int_interest_terms') }}
    where (not is_category or position_of_its_kind <= 2)
),

terms as (
    select
        interest_id,
        {{ recudf.joined_in_order('term', 'position') }} filter (where position <= 4 and is_name) as name,
        {{ recudf.joined_in_order('term', 'position') }} filter (where position <= 10) as words
    from naming
    group by interest_id
),

proposed as (
    {{ recudf.proposed_names('topic') }}
),

parents as (
    select {{ recudf.unnest('members') }} as interest_id, field_id as parent_id
    from {{ ref('recudf', 'int_field_fits') }}
    where size > 0
    union all
    select 'category:' || category as interest_id, 'category:' || parent as parent_id
    from {{ ref('recudf', 'stg_taxonomy') }}
),

named as (
    select
        sources.interest_id,
        case when sources.kind = 'word' then 'word' else 'topic' end as granularity,
        sources.kind,
        coalesce(phrases.phrase, proposed.name, terms.name, sources.name) as name,
        terms.words,
        parents.parent_id,
        sources.sources,
        coalesce(users.users, 0) as users,
        round(coalesce(users.summed_share, 0) / people.users, 9) as population_share
    from sources
    cross join people
    left join users on sources.interest_id = users.interest_id
    left join terms on sources.interest_id = terms.interest_id
    left join proposed on sources.interest_id = proposed.subject_id
    left join parents on sources.interest_id = parents.interest_id
    left join {{ ref('recudf', 'int_terms') }} as phrases on sources.interest_id = phrases.interest_id
)

select * from named
union all
select
    rules.interest_id,
    'application' as granularity,
    'rule' as kind,
    rules.antecedent_event_type || ' ' || antecedents.name
    || case when rules.is_sequence then '; then ' else '; and ' end || rules.consequent_event_type || ' '
    || consequents.name as name,
    null as words,
    null as parent_id,
    cast(rules.people as bigint) as sources,
    cast(rules.people as bigint) as users,
    round(rules.support, 9) as population_share
from {{ ref('recudf', 'int_interest_rules') }} as rules
inner join named as antecedents on rules.antecedent_id = antecedents.interest_id
inner join named as consequents on rules.consequent_id = consequents.interest_id
where rules.kind != 'item'
union all
select
    sentiments.interest_id,
    'sentiment' as granularity,
    'feeling' as kind,
    -- an item without a title by its topic
    coalesce(
        min(named.name),
        min(items.title),
        sentiments.subject_id || ' (' || min(topics.name) || ')',
        sentiments.subject_id
    ) as name,
    null as words,
    case when sentiments.subject_kind != 'item' then sentiments.subject_id end as parent_id,
    cast(sum(sentiments.texts) as bigint) as sources,
    count(*) as users,
    round(count(*) * 1e0 / min(people.users), 9) as population_share
from {{ ref('recudf', 'int_user_sentiments') }} as sentiments
cross join people
left join named on sentiments.subject_id = named.interest_id and sentiments.subject_kind != 'item'
left join {{ ref('recudf', 'stg_items') }} as items
    on sentiments.subject_id = items.item_id and sentiments.subject_kind = 'item'
left join {{ ref('recudf', 'int_topic_sources') }} as sources
    on sentiments.subject_id = sources.source_id and sentiments.subject_kind = 'item' and sources.source_kind = 'item'
left join named as topics on sources.topic_id = topics.interest_id
group by sentiments.interest_id, sentiments.subject_kind, sentiments.subject_id
