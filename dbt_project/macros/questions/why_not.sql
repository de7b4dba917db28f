{# A statement that leaves the table macro why_not(user, item) in the schema: what an item lacks to be recommended to a
user, in words and in the parts of the score beside those of what is recommended. Plain SQL over tables, for any reader
of the database. Spark has no such macro. Expects to be a hook of fct_recommendations. #}
{% macro create_why_not(recommendations) -%}
    {{ return(adapter.dispatch('create_why_not', 'recudf')(recommendations)) }}
{%- endmacro %}


{% macro spark__create_why_not(recommendations) -%} {%- endmacro %}


{% macro default__create_why_not(recommendations) -%}
    {%- set items = ref('recudf', 'stg_items').include(database=false) -%}
    {%- set users = ref('recudf', 'int_user_points').include(database=false) -%}
    {%- set history = ref('recudf', 'int_user_items').include(database=false) -%}
    {%- set blocked = ref('recudf', 'int_items_blocked').include(database=false) -%}
    {%- set points = ref('recudf', 'int_item_points').include(database=false) -%}
    create or replace macro {{ recommendations.include(database=false, identifier=false) }}.why_not(
        asked_user, asked_item
    ) as table (
        with parts as materialized (
            {% if recudf.ranking_is_learned() -%}
            {{ recudf.learned_parts('cast(asked_user as varchar)') }}
            {%- else -%}
            {{ recudf.blend_parts('(select * from ' ~ users ~ ' where user_id = cast(asked_user as varchar))') }}
            {%- endif %}
        ),

        totals as (
            select
                parts.item_id,
                round(sum(parts.value), 6) as score,
                bool_or(list_contains(users.seen_item_ids, parts.item_id)) as is_left_out
            from parts
            left join {{ users }} as users on users.user_id = cast(asked_user as varchar)
            group by parts.item_id
        ),

        ranked as materialized (
            select
                item_id,
                row_number() over (order by score desc, item_id) as position,
                count(*) over () as items
            from totals
            where is_left_out is distinct from true
        ),

        recommended as (
            select item_id, rank
            from {{ recommendations.include(database=false) }}
            where user_id = cast(asked_user as varchar)
        ),

        best as (
            select
                parts.part,
                avg(parts.value) as value
            from recommended
            inner join parts on recommended.item_id = parts.item_id
            group by parts.part
        ),

        compared as (
            select
                best.part,
                parts.value,
                best.value as value_of_recommended
            from best
            left join parts on best.part = parts.part and parts.item_id = cast(asked_item as varchar)
        ),

        seen as (
            select * from {{ history }}
            where user_id = cast(asked_user as varchar) and item_id = cast(asked_item as varchar) and is_seen
        ),

        answers as (
            select
                items.title,
                coalesce(recommended.rank, ranked.position) as position,
                case
                    when not exists (select 1 from {{ users }} where user_id = cast(asked_user as varchar))
                        then 'there is no such user'
                    when items.item_id is null then 'there is no such item'
                    when seen.item_id is not null
                        then 'the user has it: ' || seen.event_type || coalesce(
                            ' of ' || strftime(seen.last_at, '%Y-%m-%d'), ''
                        )
                    when exists (
                        select 1 from {{ blocked }} as blocked
                        where
                            blocked.item_id = items.item_id
                            and (blocked.user_id is null or blocked.user_id = cast(asked_user as varchar))
                    ) then 'it is on the blocklist'
                    when not exists (select 1 from {{ points }} as points where points.item_id = items.item_id)
                        then 'it is not available now'
                    when recommended.rank is not null then 'it is recommended, at rank ' || recommended.rank
                    when ranked.position is null then 'no model proposes it to this user'
                    {%- if recudf.is_reranked() %}
                    when ranked.position <= (select max(rank) from recommended)
                        then 'it gave way to something {{ recudf.gave_way_to() }}'
                    {%- endif %}
                    else 'it comes at rank ' || ranked.position || ' of ' || ranked.items
                        || coalesce(': what is recommended has more of ' || (
                            select part from compared
                            where value_of_recommended > value
                            order by value_of_recommended - value desc, part
                            limit 1
                        ), '')
                end as answer
            from (select cast(asked_item as varchar) as item_id) as asked
            left join {{ items }} as items on asked.item_id = items.item_id
            left join ranked on asked.item_id = ranked.item_id
            left join recommended on asked.item_id = recommended.item_id
            left join seen on asked.item_id = seen.item_id
        )

        select
            cast(asked_user as varchar) as user_id,
            cast(asked_item as varchar) as item_id,
            answers.title,
            answers.answer,
            answers.position as rank,
            compared.part,
            compared.value,
            compared.value_of_recommended
        from answers
        -- what the item has of each part, if it has any
        left join compared on compared.value is not null
        order by compared.value_of_recommended - compared.value desc nulls last, compared.part
    )
{%- endmacro %}


{# The score of `blend` in parts, of every item that may be recommended now: (item_id, part, value). users: a relation
with the columns of int_user_points, of one row. #}
{% macro blend_parts(users) -%}
    {%- set vector = 'points.point[:len(points.point) - 3]' -%}
    select
        points.item_id,
        unnest(['content', 'popularity']) as part,
        unnest(case when users.content_weight > 0
            then [
                users.content_weight * {{ recudf.inner_product('users.vector', vector) }},
                {{ recudf.number('popularity_weight') }} * (points.point[-3] + points.point[-2]) / 2
            ]
            else [0, points.popularity_point[1]]
        end) as value
    from {{ ref('recudf', 'int_item_points').include(database=false) }} as points
    cross join {{ users }} as users
{%- endmacro %}


{# The same of `learned`, of the candidates of a user. #}
{% macro learned_parts(user) -%}
    {%- set candidates -%}
    (select * from {{ ref('recudf', 'int_ranking_features').include(database=false) }} where fold = 0 and user_id = {{ user }})
    {%- endset -%}
    select item_id, part, value
    from ({{ recudf.learned_score_parts(
        candidates, ['item_id'], ref('recudf', 'int_ranker').include(database=false)
    ) }}) as parts
{%- endmacro %}
