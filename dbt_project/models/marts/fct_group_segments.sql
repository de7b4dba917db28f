-- What is known of each group, in one row: how it grows, what it likes and does not, when it is active, whom to look
-- at, and what to offer next. Groups of at least min_group_size.
with groups as (
    select *
    from {{ ref('recudf', 'dim_groups') }}
    where size >= {{ recudf.number('min_group_size') }}
),

likes as (
    {{ recudf.claims_in_words("attitude = 'likes' and ci_low > 1", 'share * ln(lift)') }}
),

avoids as (
    {{ recudf.claims_in_words("attitude = 'likes' and ci_high < 1", '-others_share * ln(lift)') }}
),

dislikes as (
    {{ recudf.claims_in_words("attitude = 'dislikes' and ci_low > 1 and not is_liked", 'share * ln(lift)') }}
),

active as (
    select
        members.group_id,
        times.unit,
        times.place,
        row_number() over (
            partition by members.group_id, times.unit order by round(sum(times.share), 6) desc, times.place
        ) as position,
        sum(times.share) / sum(sum(times.share)) over (partition by members.group_id, times.unit) as share
    from {{ ref('recudf', 'fct_group_members') }} as members
    inner join {{ ref('recudf', 'int_active_times') }} as times on members.user_id = times.user_id
    group by members.group_id, times.unit, times.place
),

examples as (
    select
        group_id,
        user_id,
        row_number() over (partition by group_id order by similarity desc nulls last, user_id) as position
    from {{ ref('recudf', 'fct_group_members') }}
),

example_users as (
    select
        group_id,
        {{ recudf.joined_in_order('user_id', 'position') }} as user_ids
    from examples
    where position <= 3
    group by group_id
),

-- the rank turned round: what is not recommended to somebody counts 0
recommended as (
    select
        user_id,
        item_id,
        item_title,
        {{ recudf.number('recommendations_per_user') }} + 1e0 - rank as points
    from {{ ref('recudf', 'fct_recommendations') }}
),

averages as (
    select
        item_id,
        sum(points) / (select count(distinct user_id) from {{ ref('recudf', 'fct_recommendations') }}) as everybody
    from recommended
    group by item_id
),

-- on average over members, times how much more that is than everybody's: else all groups are offered the same
offered as (
    select
        groups.group_id,
        recommended.item_id,
        min(recommended.item_title) as title,
        row_number() over (
            partition by groups.group_id
            order by
                round(
                    sum(recommended.points) / min(groups.size)
                    * ln(sum(recommended.points) / min(groups.size) / min(averages.everybody)), 6
                ) desc,
                recommended.item_id
        ) as position
    from groups
    inner join {{ ref('recudf', 'fct_group_members') }} as members on groups.group_id = members.group_id
    inner join recommended on members.user_id = recommended.user_id
    inner join averages on recommended.item_id = averages.item_id
    group by groups.group_id, recommended.item_id
),

-- an item without a title by its topic
offers as (
    select
        offered.group_id,
        {{ recudf.joined_in_order('offered.item_id', 'offered.position') }} as item_ids,
        {{ recudf.joined_in_order(
            "coalesce(offered.title, offered.item_id || ' (' || replace(topics.name, ', ', '/') || ')', "
            ~ 'offered.item_id)',
            'offered.position'
        ) }} as items
    from offered
    left join {{ ref('recudf', 'int_topic_sources') }} as sources
        on offered.item_id = sources.source_id and sources.source_kind = 'item'
    left join {{ ref('recudf', 'int_interests') }} as topics on sources.topic_id = topics.interest_id
    where offered.position <= 5
    group by offered.group_id
),

history as (
    select *
    from {{ ref('recudf', 'fct_group_history') }}
    where as_of = (select as_of from {{ ref('recudf', 'stg_as_of') }})
)

select
    groups.group_id,
    groups.kind,
    groups.name,
    groups.words,
    groups.size,
    history.previous_as_of,
    history.users_joined,
    history.users_left,
    cast(round(history.size * 1e0 / nullif(history.previous_size, 0) - 1, 6) as float) as growth,
    likes.claims as likes,
    avoids.claims as avoids,
    dislikes.claims as dislikes,
    case days.place
        when 0 then 'Monday' when 1 then 'Tuesday' when 2 then 'Wednesday' when 3 then 'Thursday'
        when 4 then 'Friday' when 5 then 'Saturday' when 6 then 'Sunday'
    end as active_weekday,
    cast(round(days.share, 6) as float) as active_weekday_share,
    hours.place as active_hour,
    cast(round(hours.share, 6) as float) as active_hour_share,
    example_users.user_ids as example_users,
    offers.item_ids as offer_ids,
    offers.items as offers,
    {{ recudf.run_columns() }}
from groups
left join history on groups.group_id = history.group_id
left join likes on groups.group_id = likes.group_id
left join avoids on groups.group_id = avoids.group_id
left join dislikes on groups.group_id = dislikes.group_id
left join active as days on groups.group_id = days.group_id and days.unit = 'weekday' and days.position = 1
left join active as hours on groups.group_id = hours.group_id and hours.unit = 'hour' and hours.position = 1
left join example_users on groups.group_id = example_users.group_id
left join offers on groups.group_id = offers.group_id
