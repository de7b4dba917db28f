{# What owners are called by the words by which they stand out (recudf.distinctive_words): (group_id, name, words). #}
{% macro names_of_words(relation) -%}
    select
        owner_id as group_id,
        {{ recudf.joined_in_order('word', 'position') }} filter (where position <= 3) as name,
        {{ recudf.joined_in_order('word', 'position') }} filter (where position <= 10) as words
    from {{ relation }}
    group by owner_id
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
