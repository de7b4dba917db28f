{# The candidates of fold 0 by the learned ranking: (user_id, item_id, score). chosen: a condition on features. #}
{% macro learned_scores(chosen='true') -%}
    {%- set features = recudf.ranking_features() -%}
    {%- set trees, layers = recudf.ranker_nodes(), recudf.ranker_layers() -%}
    {%- set candidates -%}
    (select * from {{ ref('recudf', 'int_ranking_features') }} where fold = 0)
    {%- endset -%}
    select
        features.user_id,
        features.item_id,
        round(
        {%- if trees %} {{ recudf.trees_sum(trees) }}
        {%- elif layers %} {{ recudf.network_sum() }}
        {%- else %}
        {%- for feature in features %}
            {{ '+ ' if not loop.first }}features.{{ feature }} * weights.{{ feature }}_weight
        {%- endfor %}
        {%- endif %}, 6) as score
    {%- if layers %}
    from ({{ recudf.network_parts(layers, candidates ~ ' as candidates', ['user_id', 'item_id']) }}) as features
    {%- else %}
    from {{ candidates }} as features
    {%- endif %}
    {%- if not trees and not layers %}
    cross join (
        select
        {%- for feature in features %}
            max(weight) filter (where feature = '{{ feature }}') as {{ feature }}_weight{{ ',' if not loop.last }}
        {%- endfor %}
        from {{ ref('recudf', 'int_ranker') }}
    ) as weights
    {%- endif %}
    where {{ chosen }}
{%- endmacro %}


{# The parts of these scores as rows: keys (a list of columns), part, feature_value, weight (NULL unless linear) and value.
candidates: a relation of int_ranking_features, or some of it. ranker: what int_ranker is called, if otherwise. #}
{% macro learned_score_parts(candidates, keys, ranker=none) -%}
    {%- set trees, layers = recudf.ranker_nodes(), recudf.ranker_layers() -%}
    {%- if layers %}
    with told as {{ recudf.materialized() }} (
        {{ recudf.network_parts(layers, candidates, keys) }}
    )
    {% endif -%}
    {%- if trees or layers %}
    {%- for feature in recudf.ranking_features() %}
    select
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        '{{ feature }}' as part,
        cast({{ feature }} as double) as feature_value,
        cast(null as double) as weight,
        {{ recudf.trees_sum(trees, feature) if trees else 'part_' ~ feature }} as value
    from {{ candidates if trees else 'told' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- else %}
    select
        {%- for key in keys %}
        features.{{ key }},
        {%- endfor %}
        features.part,
        features.feature_value,
        weights.weight,
        features.feature_value * weights.weight as value
    from ({{ recudf.unpivoted_features(candidates, keys) }}) as features
    inner join {{ ranker or ref('recudf', 'int_ranker') }} as weights on features.part = weights.feature
    where weights.weight != 0
    {%- endif %}
{%- endmacro %}
