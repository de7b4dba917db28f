{# What to offer to each group next, five items: (group_id, item_ids, items), in words. groups: a relation of dim_groups. #}
{% macro offers_in_words(groups) -%}
    -- the rank turned round: what is not recommended to somebody counts 0
    with recommended as (
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
        from {{ groups }} as groups
        inner join {{ ref('recudf', 'fct_group_members') }} as members on groups.group_id = members.group_id
        inner join recommended on members.user_id = recommended.user_id
        inner join averages on recommended.item_id = averages.item_id
        group by groups.group_id, recommended.item_id
    )

    -- an item without a title by its topic
    select
        offered.group_id,
        {{ recudf.joined_in_order('offered.item_id', 'offered.position') }} as item_ids,
        {{ recudf.joined_in_order(
            "coalesce(offered.title, offered.item_id || ' (' || replace(topics.name, ', ', '/') || ')', "
            ~ 'offered.item_id)',
            'offered.position', '; '
        ) }} as items
    from offered
    left join {{ ref('recudf', 'int_topic_sources') }} as sources
        on offered.item_id = sources.source_id and sources.source_kind = 'item'
    left join {{ ref('recudf', 'int_interests') }} as topics on sources.topic_id = topics.interest_id
    where offered.position <= 5
    group by offered.group_id
{%- endmacro %}
