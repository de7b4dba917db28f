-- What the scorer of lists for groups knows of each candidate: what leads to it, as a share of what leads to the
-- group's best, and the logarithm of that. Of an example besides the hidden item 200 others: the hundred with the
-- largest history, and a hundred drawn by a hash, as a list has to keep out what is far as well as what is near.
with walks as (
    select
        walks.group_id,
        walks.example,
        own.item_id,
        round(sum(walks.near * 10 / ways.ways), 12) as walk_near,
        round(sum(walks.far * 10 / ways.ways), 12) as walk_far
    from {{ ref('recudf', 'int_group_walks') }} as walks
    inner join {{ ref('recudf', 'int_group_likes') }} as own on walks.other_group_id = own.owner_id
    inner join (select distinct group_id, ways from {{ ref('recudf', 'int_group_ties') }}) as ways
        on walks.other_group_id = ways.group_id
    where own.kind = 'group'
    group by walks.group_id, walks.example, own.item_id
),

united as (
    select
        candidates.*,
        10 * candidates.own + candidates.around as history,
        coalesce(walks.walk_near, 0) as walk_near,
        coalesce(walks.walk_far, 0) as walk_far,
        coalesce(influence.members, 0) as members,
        coalesce(influence.influence, 0) as influence
    from {{ ref('recudf', 'int_group_candidates') }} as candidates
    left join walks
        on
            candidates.group_id = walks.group_id
            and candidates.example = walks.example
            and candidates.item_id = walks.item_id
    left join {{ ref('recudf', 'int_group_influence') }} as influence
        on
            candidates.group_id = influence.group_id
            and candidates.example = influence.example
            and candidates.item_id = influence.item_id
),

shared as (
    select
        group_id,
        example,
        item_id,
        is_hidden,
        round(members, 6) as members,
        round(influence, 6) as influence,
        {{ recudf.group_shares_of_the_best() }},
        row_number() over (
            partition by group_id, example order by is_hidden desc, round(history, 9) desc, item_id
        ) as best,
        row_number() over (
            partition by group_id, example
            order by is_hidden desc, md5(group_id || '{{ '\x1f' }}' || item_id), item_id
        ) as drawn
    from united
),

ranked as (
    select
        *,
        round(1 / (10e0 + rank() over (partition by group_id, example order by history desc)), 6) as history_rank,
        round(1 / (10e0 + rank() over (partition by group_id, example order by walk_far desc)), 6) as walk_rank
    from shared
)

select
    group_id,
    example,
    item_id,
    is_hidden,
    {{ recudf.group_feature_columns() }}
from ranked
where example = 0 or best <= 101 or drawn <= 101
