{# Whether the strategy 'learned' is asked for: without it nothing is fitted. #}
{% macro groups_are_learned() -%} {{ return('learned' in recudf.group_strategies()) }} {%- endmacro %}


{# What leads to a candidate: features as shares of the largest. #}
{% macro group_shares() -%}
    {{ return(['history', 'own', 'around', 'own_groups', 'around_groups', 'direct', 'walk_near', 'walk_far']) }}
{%- endmacro %}


{# They, as shares of what leads to the best candidate of the same example: columns. #}
{% macro group_shares_of_the_best() -%}
    {%- for share in recudf.group_shares() %}
    coalesce(round({{ share }} / nullif(max({{ share }}) over (partition by group_id, example), 0), 6), 0)
        as {{ share }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{# All features as columns, the logarithms made. #}
{% macro group_feature_columns() -%}
    {%- for feature in recudf.group_features() %}
    {{ 'round(ln(' ~ feature[:-4] ~ ' + 1e-3), 6) as ' if feature.endswith('_log') }}{{ feature }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{# What the scorer of lists for groups knows of a candidate. With _log: ln(feature + .001). #}
{% macro group_features() -%}
    {%- set shares = recudf.group_shares() -%}
    {%- set names = shares + ['history_rank', 'walk_rank', 'members', 'influence'] -%}
    {%- for share in shares -%} {%- do names.append(share ~ '_log') -%} {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{# What leads to a candidate, 'own' or 'around', without the group's own part where it is hidden: its weights W to the
items j of the profile lose 1 / items of the group, and what they are divided by is the root of one owner less. of: ''
or '_groups', where groups alone count. Expects reached (of int_group_candidates) and parts. #}
{% macro without_the_group(name, of='') -%}
    {%- set sum = 'reached.' ~ name ~ of -%}
    {%- set part = 'parts.' ~ name ~ of -%}
    {%- set owners = 'parts.' ~ (of[1:] or 'owners') -%}
    {%- set others = 'nullif(' ~ owners ~ ' - 1, 0)' -%}
    {%- set self = 'coalesce(reached.self' ~ of ~ ', 0)' -%}
    case
        when not reached.is_hidden then {{ sum }}
        {%- if name == 'own' %}
        else coalesce(({{ sum }} - {{ part }}) * sqrt({{ owners }} / {{ others }}), 0)
        {%- else %}
        -- groups around that did the hidden item lead to it by its weight to itself
        else coalesce(
            ({{ sum }} - reached.direct * {{ self }} - {{ part }}) * sqrt({{ owners }} / {{ others }})
            + reached.direct * ({{ self }} * {{ owners }} - 1e0 / parts.items) / {{ others }}, 0
        )
        {%- endif %}
    end
{%- endmacro %}


{# The score of the strategy 'learned': expects features and weights, one column for each feature. #}
{% macro group_score() -%}
    round(
        {%- for feature in recudf.group_features() %}
        {{ '+ ' if not loop.first }}features.{{ feature }} * weights.{{ feature }}
        {%- endfor %}, 6)
{%- endmacro %}


{# What groups get by it: (group_id, item_id, score). #}
{% macro learned_group_scores() -%}
    select
        features.group_id,
        features.item_id,
        {{ recudf.group_score() }} as score
    from {{ ref('recudf', 'int_group_features') }} as features
    cross join (
        select
        {%- for feature in recudf.group_features() %}
            max(weight) filter (where feature = '{{ feature }}') as {{ feature }}{{ ',' if not loop.last }}
        {%- endfor %}
        from {{ ref('recudf', 'int_group_ranker') }}
    ) as weights
    where
        features.example = 0
        and features.history + features.walk_near + features.walk_far + features.members > 0
{%- endmacro %}
