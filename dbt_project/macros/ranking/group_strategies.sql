{# The strategies that lists for groups are made by: the var group_strategies, checked. #}
{% macro group_strategies() -%}
    {%- set known = ['history', 'learned'] + recudf.member_strategies() + ['fairness'] -%}
    {%- set wanted = var('group_strategies') -%}
    {%- set remedy = 'write a list of some of ' ~ known | join(', ') -%}
    {%- if wanted is string or wanted is mapping or wanted is not iterable or not wanted -%}
        {%- do recudf.refuse_var('group_strategies', wanted, remedy) -%}
    {%- endif -%}
    {%- for strategy in wanted if strategy not in known -%}
        {%- do recudf.refuse_var('group_strategies', strategy, remedy) -%}
    {%- endfor -%}
    {{ return(known | select('in', wanted) | list) }}
{%- endmacro %}


{# The strategy that is shown to a group: what was learned, if anything was, or the history, where the group did
something itself and has such a list. Expects lists, and own. #}
{% macro shown_group_strategy() -%}
    {%- set has = "own.group_id is not null and bool_or(lists.strategy = '{}') over (partition by lists.group_id)" -%}
    case
        {%- if recudf.groups_are_learned() %}
        when
            (select bool_or(is_learned) from {{ ref('recudf', 'int_group_ranker') }})
            and {{ has.format('learned') }}
            then 'learned'
        {%- endif %}
        when {{ has.format('history') }} then 'history'
        else '{{ recudf.default_group_strategy() }}'
    end
{%- endmacro %}


{# Those that are a column of int_group_scores. #}
{% macro member_strategies() -%}
    {{ return(['average', 'least_misery', 'most_pleasure', 'borda', 'approval']) }}
{%- endmacro %}


{# The strategy that is shown where a group has nothing of its own to go by: the first of the var that asks members. #}
{% macro default_group_strategy() -%}
    {{ return((recudf.group_strategies() | reject('in', ['history', 'learned']) | list + ['history']) | first) }}
{%- endmacro %}


{# The var group_seen_share. #}
{% macro group_seen_share() -%}
    {%- if not 0 < recudf.number('group_seen_share') | float <= 1 -%}
        {%- do recudf.refuse_var('group_seen_share', var('group_seen_share'), 'give a number above 0, up to 1') -%}
    {%- endif -%}
    {{ recudf.number('group_seen_share') }}
{%- endmacro %}


{# The scores of these strategies as rows, fairness aside: (group_id, strategy, item_id, score, average). #}
{% macro group_scores_by_strategy(strategies) -%}
    {%- for strategy in strategies if strategy in recudf.member_strategies() %}
    select group_id, '{{ strategy }}' as strategy, item_id, cast({{ strategy }} as double) as score, average
    from {{ ref('recudf', 'int_group_scores') }}
    union all
    {%- endfor %}
    {%- if recudf.groups_are_learned() %}
    select group_id, 'learned' as strategy, item_id, score, 0 as average
    from ({{ recudf.learned_group_scores() }}) as learned
    union all
    {%- endif %}
    select
        profiles.group_id,
        'history' as strategy,
        weights.item_id,
        round(sum(profiles.weight * weights.weight), 9) as score,
        0 as average
    from {{ ref('recudf', 'int_group_profiles') }} as profiles
    inner join {{ ref('recudf', 'int_group_item_weights') }} as weights on profiles.item_id = weights.source_id
    inner join {{ ref('recudf', 'int_item_points') }} as available on weights.item_id = available.item_id
    left join {{ ref('recudf', 'int_group_exclusions') }} as excluded
        on profiles.group_id = excluded.group_id and weights.item_id = excluded.item_id
    where excluded.item_id is null and {{ 'history' in strategies }}
    group by profiles.group_id, weights.item_id
{%- endmacro %}


{# Further rows: the lists of k that do justice to all members in turn, where fairness is among the strategies. #}
{% macro fair_lists(strategies, k) -%}
    {%- set order = ['candidates.user_id', 'candidates.item_id'] -%}
    {%- if 'fairness' in strategies %}
    union all
    select group_id, 'fairness' as strategy, id as item_id, rank, cast(score as float) as score
    from (
        select
            group_id,
            {{ recudf.unnest_structs('fair_topk(user_ids, item_ids, members_values, ' ~ k ~ ')') }}
        from (
            select
                voters.group_id,
                {{ recudf.array_in_order('candidates.user_id', order) }} as user_ids,
                {{ recudf.array_in_order('candidates.item_id', order) }} as item_ids,
                {{ recudf.array_in_order('candidates.value', order) }} as members_values
            from {{ ref('recudf', 'int_group_voters') }} as voters
            inner join {{ ref('recudf', 'int_voter_candidates') }} as candidates
                on voters.user_id = candidates.user_id
            left join {{ ref('recudf', 'int_group_exclusions') }} as excluded
                on voters.group_id = excluded.group_id and candidates.item_id = excluded.item_id
            where excluded.item_id is null
            group by voters.group_id
        ) as lists
    ) as fair
    {%- endif %}
{%- endmacro %}
