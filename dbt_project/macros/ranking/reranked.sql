{# Whether what is recommended is chosen to be less alike than the best are, by the vars diversity and category_cap. #}
{% macro is_diversified() -%}
    {%- set cap = var('category_cap') -%}
    {%- if cap is not none and (cap is not integer or cap is boolean or cap < 1) -%}
        {%- do recudf.refuse_var('category_cap', cap, 'give null, or a whole number from 1 up') -%}
    {%- endif -%}
    {%- set diversity = recudf.number('diversity') | float -%}
    {%- if diversity > 1 -%}
        {%- do recudf.refuse_var('diversity', diversity, 'give a number from 0 to 1') -%}
    {%- endif -%}
    {{ return(diversity > 0 or cap is not none) }}
{%- endmacro %}


{# Whether a list is chosen again from more candidates: to be less alike, or to give what is less popular its turn. #}
{% macro is_reranked() -%}
    {{ return(recudf.is_diversified() or recudf.number('exposure_weight') | float > 0) }}
{%- endmacro %}


{# What an item of a good score that is not in the list gave way to, in words. #}
{% macro gave_way_to() -%}
    {%- set words = [] -%}
    {%- if recudf.is_diversified() -%} {%- do words.append('less like the others of the list') -%} {%- endif -%}
    {%- if recudf.number('exposure_weight') | float > 0 -%} {%- do words.append('less popular') -%} {%- endif -%}
    {{ words | join(' or ') }}
{%- endmacro %}


{# How many of the best a list of k is chosen from. #}
{% macro reranked_from(k) -%} {{ '5 * ' if recudf.is_reranked() }}{{ k }} {%- endmacro %}


{# A list of k for every list of a relation: keys (a list of columns), item_id, rank and relevance. relation: one with
the keys, item_id and relevance. #}
{% macro diversified(relation, keys, k) -%}
    {%- set order = ['candidates.relevance', 'candidates.item_id'] -%}
    {%- set cap = var('category_cap') -%}
    select
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        id as item_id,
        rank
    from (
        select
            {%- for key in keys %}
            lists.{{ key }},
            {%- endfor %}
            {{ recudf.unnest_structs(
                'mmr(lists.item_ids, lists.scores, vectors.handle, ' ~ k ~ ', ' ~ recudf.number('diversity')
                ~ (', lists.categories, ' ~ cap if cap is not none else '') ~ ')'
            ) }}
        from (
            select
                {%- for key in keys %}
                candidates.{{ key }},
                {%- endfor %}
                {{ recudf.array_in_order('candidates.item_id', order) }} as item_ids,
                {{ recudf.array_in_order('cast(candidates.relevance as double)', order) }} as scores
                {%- if cap is not none %},
                {{ recudf.array_in_order('items.categories', order) }} as categories
                {%- endif %}
            from {{ relation }} as candidates
            {%- if cap is not none %}
            left join (
                select item_id, {{ recudf.array_in_order('category', ['category']) }} as categories
                from {{ ref('recudf', 'int_item_categories') }}
                where is_named
                group by item_id
            ) as items on candidates.item_id = items.item_id
            {%- endif %}
            group by {% for key in keys %}candidates.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
        ) as lists
        cross join (
            {{ recudf.index_of(ref('recudf', 'vec_items'), 'item_id', {'handle': 'vector'}) }}
        ) as vectors
    ) as chosen
{%- endmacro %}


{# How well each candidate fits, from 0 to 1 over its list, less exposure_weight x how popular it is, from 0 to 1: keys,
item_id, relevance. relation: the name of one with the keys, item_id and score. #}
{% macro less_exposed(relation, keys) -%}
    {%- set lists = 'over (partition by candidates.' ~ keys | join(', candidates.') ~ ')' -%}
    select
        {%- for key in keys %}
        candidates.{{ key }},
        {%- endfor %}
        candidates.item_id,
        coalesce(
            (cast(candidates.score as double) - min(candidates.score) {{ lists }})
            / nullif(cast(max(candidates.score) {{ lists }} as double) - min(candidates.score) {{ lists }}, 0),
            1
        ) - {{ recudf.number('exposure_weight') }} * popularity.blended_popularity as relevance
    from {{ relation }} as candidates
    inner join {{ ref('recudf', 'int_item_popularity') }} as popularity on candidates.item_id = popularity.item_id
{%- endmacro %}


{# A list of k for every list of a relation, by the vars diversity, category_cap and exposure_weight: keys, item_id, rank
and the score that it had. relation: the name of one with the keys, item_id and score. #}
{% macro reranked(relation, keys, k) -%}
    select
        {%- for key in keys %}
        candidates.{{ key }},
        {%- endfor %}
        candidates.item_id,
        chosen.rank,
        candidates.score
    from (
        {%- if recudf.is_diversified() %}
        {{ recudf.diversified('(' ~ recudf.less_exposed(relation, keys) ~ ')', keys, k) }}
        {%- else %}
        select
            *,
            cast(row_number() over (
                partition by {{ keys | join(', ') }} order by relevance desc, item_id
            ) as integer) as rank
        from ({{ recudf.less_exposed(relation, keys) }}) as relevant
        {%- endif %}
    ) as chosen
    inner join {{ relation }} as candidates
        on
            chosen.item_id = candidates.item_id
            {%- for key in keys %}
            and chosen.{{ key }} = candidates.{{ key }}
            {%- endfor %}
    where chosen.rank <= {{ k }}
{%- endmacro %}


{# The same where the vars ask for it, else the relation itself, which then has a rank and k rows. #}
{% macro reranked_or_best(relation, keys, k) -%}
    {%- if recudf.is_reranked() -%}
    ({{ recudf.reranked(relation, keys, k) }}) as chosen
    {%- else -%}
    {{ relation }}
    {%- endif -%}
{%- endmacro %}
