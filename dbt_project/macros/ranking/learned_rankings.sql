{# What the learned ranking, the fixed weights and each source of candidates would have recommended: the first k of users. #}
{% macro learned_rankings(users, k) -%}
    select
        ranked.user_id,
        'all' as pool,
        ranked.model,
        ranked.item_id,
        cast(ranked.rank as integer) as rank,
        ranked.probability
    from (
        select user_id, 'learned' as model, item_id, rank, probability
        from {{ ref('recudf', 'int_recommendations_scored') }}
        union all
        select user_id, 'fixed' as model, item_id, position as rank, cast(null as double) as probability
        from {{ ref('recudf', 'int_ranking_features') }}
        where fold = 0
        union all
        select
            user_id,
            source as model,
            item_id,
            row_number() over (partition by user_id, source order by score desc, item_id) as rank,
            cast(null as double) as probability
        from (
            {{ recudf.candidates() }}
        ) as candidates
        where fold = 0 and source != 'popular'
    ) as ranked
    where ranked.rank <= {{ k }} and ranked.user_id in (select user_id from {{ users }})
{%- endmacro %}
