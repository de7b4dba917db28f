{# A statement that leaves the table macro recommend_without(user, item, k) in the schema: what a user would be
recommended had they never done anything with an item. Plain SQL over tables. With the learned ranking there is none,
since its scorer and its models were fitted with the event; neither on Spark. Expects to be a hook of
fct_recommendations. #}
{% macro create_recommend_without(recommendations) -%}
    {{ return(adapter.dispatch('create_recommend_without', 'recudf')(recommendations)) }}
{%- endmacro %}


{% macro spark__create_recommend_without(recommendations) -%} {%- endmacro %}


{% macro default__create_recommend_without(recommendations) -%}
    {%- set name = recommendations.include(database=false, identifier=false) ~ '.recommend_without' -%}
    {%- if recudf.ranking_is_learned() -%}
    drop macro table if exists {{ name }}
    {%- else -%}
    {%- set evidence = ref('recudf', 'int_user_evidence').include(database=false) -%}
    {%- set texts = ref('recudf', 'stg_texts').include(database=false) -%}
    {%- set users = ref('recudf', 'int_users_flagged').include(database=false) -%}
    {%- set history = ref('recudf', 'int_user_items').include(database=false) -%}
    {%- set blocked = ref('recudf', 'int_items_blocked').include(database=false) -%}
    create or replace macro {{ name }}(asked_user, asked_item, k) as table (
        with vectors as (
            select 'item' as kind, item_id as vector_id, vector::float[] as vector
            from {{ ref('recudf', 'vec_items').include(database=false) }}
            union all
            select 'text' as kind, text_hash as vector_id, vector::float[] as vector
            from {{ ref('recudf', 'vec_texts').include(database=false) }}
        ),

        -- what was written about a disliked item counted negative because of the dislike
        kept as (
            select
                case when evidence.kind = 'text' and texts.item_id = cast(asked_item as varchar)
                    then abs(evidence.weight) else evidence.weight end as weight,
                vectors.vector
            from {{ evidence }} as evidence
            inner join vectors on evidence.kind = vectors.kind and evidence.vector_id = vectors.vector_id
            left join {{ texts }} as texts on evidence.kind = 'text' and evidence.ref_id = texts.text_id
            where
                evidence.user_id = cast(asked_user as varchar)
                and not (evidence.kind = 'item' and evidence.ref_id = cast(asked_item as varchar))
        ),

        components as (
            select
                position,
                sum(weight * component) as component
            from (
                select weight, unnest(vector) as component, generate_subscripts(vector, 1) as position from kept
            ) as spread
            group by position
        ),

        summed as (
            select
                list(component order by position) as vector,
                sqrt(sum(component * component)) as strength
            from components
        ),

        pointed as materialized (
            select
                coalesce(case when summed.strength > 1e-6
                    then summed.strength / (summed.strength + {{ recudf.number('content_shrinkage') }})
                end, 0) as content_weight,
                list_transform(summed.vector, lambda x: x / summed.strength) as vector
            from {{ users }} as users
            cross join summed
            where users.user_id = cast(asked_user as varchar)
        ),

        parts as (
            {{ recudf.blend_parts('pointed') }}
        ),

        totals as (
            select
                item_id,
                sum(value) as score
            from parts
            where item_id not in (
                select item_id from {{ history }}
                where user_id = cast(asked_user as varchar) and is_seen and item_id != cast(asked_item as varchar)
                union
                select item_id from {{ blocked }} where user_id = cast(asked_user as varchar)
            )
            group by item_id
        ),

        ranked as (
            select
                *,
                row_number() over (order by round(score, 6) desc, item_id) as rank
            from totals
        )

        select
            ranked.rank::integer as rank,
            ranked.item_id,
            items.title,
            ranked.score::float as score,
            before.rank as rank_before
        from ranked
        inner join {{ ref('recudf', 'stg_items').include(database=false) }} as items on ranked.item_id = items.item_id
        left join {{ recommendations.include(database=false) }} as before
            on before.user_id = cast(asked_user as varchar) and ranked.item_id = before.item_id
        where ranked.rank <= k
        order by ranked.rank
    )
    {%- endif -%}
{%- endmacro %}
