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


{# How many of the best a list of k is chosen from. #}
{% macro diversified_from(k) -%} {{ '5 * ' if recudf.is_diversified() }}{{ k }} {%- endmacro %}


{# A list of k for every list of a relation: keys (a list of columns), item_id, rank and score. relation: the name of
one with the keys, item_id and score. #}
{% macro diversified(relation, keys, k) -%}
    {%- set order = ['candidates.score', 'candidates.item_id'] -%}
    {%- set cap = var('category_cap') -%}
    select
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        id as item_id,
        rank,
        score
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
                {{ recudf.array_in_order('cast(candidates.score as double)', order) }} as scores
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


{# The same where the vars ask for it, else the relation itself, which then has a rank and k rows. #}
{% macro diversified_or_best(relation, keys, k) -%}
    {%- if recudf.is_diversified() -%}
    ({{ recudf.diversified(relation, keys, k) }}) as chosen
    {%- else -%}
    {{ relation }}
    {%- endif -%}
{%- endmacro %}
