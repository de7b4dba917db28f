{# The best unseen items of users by the blend, as many as depth says: (user_id, item_id, rank, score). chosen: a condition
on users (int_user_points). Without a vector by recent popularity. #}
{% macro blended_lists(depth, chosen='true') -%}
    {%- set nearest = 'cosine_topk(users.point, candidates.points, ' ~ depth ~ ', users.seen_item_ids)' -%}
    {%- set most_popular = 'cosine_topk(' ~ recudf.array([1, 0, 0]) ~ ', candidates.popularity_points, '
        ~ depth ~ ', users.seen_item_ids)' -%}
    with candidates as {{ recudf.materialized() }} (
        {{ recudf.index_of(ref('recudf', 'int_item_points'), 'item_id', {
            'points': 'point', 'popularity_points': 'popularity_point'
        }) }}
    ),

    users as (
        select
            *,
            {{ recudf.blend_point() }} as point
        from {{ ref('recudf', 'int_user_points') }}
        where {{ chosen }}
    ),

    blended as (
        select
            users.user_id,
            sqrt(3 * {{ recudf.inner_product('users.point', 'users.point') }}) as length,
            {{ recudf.unnest_structs(nearest) }}
        from {{ recudf.spread('users', 'user_id') }}
        cross join candidates
        where users.content_weight > 0
    ),

    popular as (
        select
            users.user_id,
            sqrt(2) as length,
            {{ recudf.unnest_structs(most_popular) }}
        from {{ recudf.spread('users', 'user_id') }}
        cross join candidates
        where users.content_weight = 0
    )

    select
        user_id,
        id as item_id,
        rank,
        cast(score * length as float) as score
    from (
        select * from blended
        union all
        select * from popular
    ) as ranked
{%- endmacro %}


{# Scores of single users by the ranking that the var asks for: (user_id, item_id, score). chosen: a condition on user_id. #}
{% macro voters_scores(depth, chosen) -%}
    {%- if recudf.ranking_is_learned() -%}
    {{ recudf.learned_scores('features.' ~ chosen) }}
    {%- else -%}
    {{ recudf.blended_lists(depth, chosen) }}
    {%- endif -%}
{%- endmacro %}
