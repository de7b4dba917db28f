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
    {{ recudf.active_times() }}
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

offers as (
    {{ recudf.offers_in_words('groups') }}
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
left join active as days
    on
        groups.group_id = days.group_id
        and days.unit = 'weekday'
        and (groups.kind = 'given' or days.people >= {{ recudf.min_cell_users() }})
left join active as hours
    on
        groups.group_id = hours.group_id
        and hours.unit = 'hour'
        and (groups.kind = 'given' or hours.people >= {{ recudf.min_cell_users() }})
left join example_users on groups.group_id = example_users.group_id
left join offers on groups.group_id = offers.group_id
