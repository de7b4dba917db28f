-- Group x its ten nearest groups, so that each pair may stand in either direction: how near their members' vectors lie,
-- which words name both, how much of what they like is the same, and who is in both.
with members as (
    select
        members.group_id,
        {{ recudf.array_in_order('members.user_id', ['members.user_id']) }} as user_ids
    from {{ ref('recudf', 'fct_group_members') }} as members
    group by members.group_id
),

vectors as {{ recudf.materialized() }} (
    {{ recudf.index_of(ref('recudf', 'int_group_points'), 'user_id', {'handle': 'vector'}) }}
),

centroids as {{ recudf.materialized() }} (
    select
        members.group_id,
        vector_unit(vector_mean_of(members.user_ids, vectors.handle)) as vector
    from members
    cross join vectors
),

indexed as {{ recudf.materialized() }} (
    {{ recudf.index_of('centroids', 'group_id', {'handle': 'vector'}) }}
),

nearest as (
    select
        centroids.group_id,
        {{ recudf.unnest_structs(
            'cosine_topk(centroids.vector, indexed.handle, 10, ' ~ recudf.array(['centroids.group_id']) ~ ')'
        ) }}
    from centroids
    cross join indexed
),

pairs as {{ recudf.materialized() }} (
    select
        group_id,
        id as other_group_id,
        rank,
        score as similarity
    from nearest
),

shared_words as (
    select
        pairs.group_id,
        pairs.other_group_id,
        {{ recudf.joined_in_order('own.word', 'own.position') }} as words
    from pairs
    inner join {{ ref('recudf', 'int_group_words') }} as own on pairs.group_id = own.owner_id
    inner join {{ ref('recudf', 'int_group_words') }} as theirs
        on pairs.other_group_id = theirs.owner_id and own.word = theirs.word
    where own.position <= 10 and theirs.position <= 10
    group by pairs.group_id, pairs.other_group_id
),

liked as (
    select
        group_id,
        interest_id,
        share,
        sum(share) over (partition by group_id) as whole
    from {{ ref('recudf', 'fct_group_interests') }}
    where attitude = 'likes'
),

-- of two shares the smaller ones over the larger ones, and larger = total - smaller
shared_interests as (
    select
        pairs.group_id,
        pairs.other_group_id,
        sum(least(own.share, theirs.share)) as smaller,
        min(own.whole) + min(theirs.whole) as total
    from pairs
    inner join liked as own on pairs.group_id = own.group_id
    inner join liked as theirs on pairs.other_group_id = theirs.group_id and own.interest_id = theirs.interest_id
    group by pairs.group_id, pairs.other_group_id
),

shared_users as (
    select
        pairs.group_id,
        pairs.other_group_id,
        count(*) as users
    from pairs
    inner join {{ ref('recudf', 'fct_group_members') }} as own on pairs.group_id = own.group_id
    inner join {{ ref('recudf', 'fct_group_members') }} as theirs
        on pairs.other_group_id = theirs.group_id and own.user_id = theirs.user_id
    group by pairs.group_id, pairs.other_group_id
)

select
    pairs.group_id,
    pairs.other_group_id,
    cast(pairs.rank as integer) as rank,
    cast(pairs.similarity as float) as similarity,
    groups.name,
    others.name as other_name,
    shared_words.words as shared_words,
    cast(round(shared_interests.smaller / (shared_interests.total - shared_interests.smaller), 6) as float)
        as interest_overlap,
    cast(
        case
            when groups.kind = 'given' and others.kind = 'given' then coalesce(shared_users.users, 0)
            else {{ recudf.told('coalesce(shared_users.users, 0)', 'coalesce(shared_users.users, 0)') }}
        end as bigint
    ) as shared_users,
    {{ recudf.run_columns() }}
from pairs
inner join {{ ref('recudf', 'dim_groups') }} as groups on pairs.group_id = groups.group_id
inner join {{ ref('recudf', 'dim_groups') }} as others on pairs.other_group_id = others.group_id
left join shared_words on pairs.group_id = shared_words.group_id and pairs.other_group_id = shared_words.other_group_id
left join shared_interests
    on pairs.group_id = shared_interests.group_id and pairs.other_group_id = shared_interests.other_group_id
left join shared_users on pairs.group_id = shared_users.group_id and pairs.other_group_id = shared_users.other_group_id
