{# What owners are called by the words by which they stand out (recudf.distinctive_words): (group_id, name, words). #}
{% macro names_of_words(relation) -%}
    select
        owner_id as group_id,
        {{ recudf.joined_in_order('word', 'position') }} filter (where position <= 3) as name,
        {{ recudf.joined_in_order('word', 'position') }} filter (where position <= 10) as words
    from {{ relation }}
    group by owner_id
{%- endmacro %}


{# The titles of the items by which discovered groups stand out: (group_id, title, titles): the first that would not fill
a chart by itself, and five. #}
{% macro favourites_in_words() -%}
    select
        group_id,
        max(case when place = 1 and is_short then title end) as title,
        {{ recudf.joined_in_order('title', 'position', '; ') }} filter (where position <= 5) as titles
    from (
        select
            favourites.group_id,
            favourites.position,
            items.title,
            length(items.title) <= 40 as is_short,
            row_number() over (
                partition by favourites.group_id, length(items.title) <= 40 order by favourites.position
            ) as place
        from {{ ref('recudf', 'int_group_favourites') }} as favourites
        inner join {{ ref('recudf', 'stg_items') }} as items on favourites.item_id = items.item_id
        where items.title is not null
    ) as titled
    group by group_id
{%- endmacro %}


{# What members say of their groups, relation: (group_id, user_id, similarity). Gives (group_id, size, cohesion, exemplars). #}
{% macro group_summaries(relation) -%}
    select
        group_id,
        count(*) as size,
        avg(similarity) as cohesion,
        {{ recudf.joined_in_order('user_id', 'position') }} filter (where position <= 5) as exemplars
    from (
        select
            *,
            row_number() over (partition by group_id order by similarity desc nulls last, user_id) as position
        from {{ relation }}
    ) as ranked
    group by group_id
{%- endmacro %}
