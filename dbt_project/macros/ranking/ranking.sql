{# Whether the var ranking asks for the learned scorer: 'learned', or 'blend' of content and popularity. #}
{% macro ranking_is_learned() -%}
    {%- set ranking = var('ranking') -%}
    {%- if ranking not in ['blend', 'learned'] -%}
        {%- do recudf.refuse_var('ranking', ranking, 'give blend or learned') -%}
    {%- endif -%}
    {{ return(ranking == 'learned') }}
{%- endmacro %}


{# How many times a part of the history is hidden, for a scorer to learn from. #}
{% macro ranking_folds() -%}
    {%- set folds = var('ranking_folds') -%}
    {%- if folds is not integer or folds is boolean or not 1 <= folds <= 5 -%}
        {%- do recudf.refuse_var('ranking_folds', folds, 'give a whole number from 1 to 5') -%}
    {%- endif -%}
    {{ return(folds) }}
{%- endmacro %}


{# What the folds hide: 'auto', 'cutoff', 'tail' or 'random'. #}
{% macro ranking_split() -%}
    {%- set split = var('ranking_split') -%}
    {%- if split not in ['auto', 'cutoff', 'tail', 'random'] -%}
        {%- do recudf.refuse_var('ranking_split', split, 'give auto, cutoff, tail or random') -%}
    {%- endif -%}
    {{ return(split) }}
{%- endmacro %}


{# An aggregate: whether folds are moments of the past. Expects users, of each fold those who came back; four times
ranking_min_users are enough to learn from. #}
{% macro ranking_is_cut() -%}
    {{ {'auto': 'min(users) >= 4 * ' ~ recudf.number('ranking_min_users'), 'cutoff': 'bool_and(true)'}.get(
        recudf.ranking_split(), 'bool_and(false)'
    ) }}
{%- endmacro %}


{# A condition: whether what is hidden of a user is the latest. Expects dated.last_at, of all that is dated. #}
{% macro ranking_is_timed() -%}
    {{ {'auto': 'dated.last_at is not null', 'random': 'false'}.get(recudf.ranking_split(), 'true') }}
{%- endmacro %}


{# What the random quarter of a fold depends on. #}
{% macro fold_seed() -%}
    '{{ recudf.number('ranking_seed') }}:' || cast(folds.fold as string) || '{{ '\x1f' }}' ||
{%- endmacro %}


{# How many of the learned ranking are kept: what users get, and in a replay what is judged. #}
{% macro ranked_depth() -%}
    {%- if var('evaluation_users') is none -%}
        {{ recudf.number('recommendations_per_user') }}
    {%- else -%}
        greatest({{ recudf.number('recommendations_per_user') }}, {{ recudf.number('evaluation_k') }})
    {%- endif -%}
{%- endmacro %}


{# What users get: (user_id, item_id, rank, score), by the ranking that the var asks for. #}
{% macro recommended() -%}
    {%- if recudf.ranking_is_learned() -%}
        {{ ref('recudf', 'int_recommendations_scored') }}
    {%- else -%}
        {{ ref('recudf', 'int_recommendations_ranked') }}
    {%- endif -%}
{%- endmacro %}


{# Why: (user_id, item_id, reason). #}
{% macro reasoned() -%}
    {%- if recudf.ranking_is_learned() -%}
        {{ ref('recudf', 'int_recommendation_causes') }}
    {%- else -%}
        {{ ref('recudf', 'int_recommendation_reasons') }}
    {%- endif -%}
{%- endmacro %}


{# The chance that the user likes it: expects ranked, a row of `recommended`. #}
{% macro recommendation_probability() -%}
    {{ 'ranked.probability' if recudf.ranking_is_learned() else 'cast(null as double)' }}
{%- endmacro %}


{# What ranked: expects vectors, the user's or none. #}
{% macro recommendation_source() -%}
    {%- if recudf.ranking_is_learned() -%} 'learned'
    {%- else -%} case when vectors.user_id is null then 'popular' else 'blend' end
    {%- endif -%}
{%- endmacro %}
