{# The boosted trees in use, as SQL. A tree is written as nested CASEs, read from int_ranker_nodes when a model that needs
them runs; where no trees are in use (or nothing is built yet) there are none, and the score is a sum of weights. #}

{# {tree: {node: row}} of int_ranker_nodes. #}
{% macro ranker_nodes() -%}
    {%- set relation = ref('recudf', 'int_ranker_nodes') -%}
    {%- set trees = {} -%}
    {%- if execute and load_relation(relation) is not none -%}
        {%- set query -%}
        select
            tree,
            node,
            feature,
            cast(threshold as string) || ' ' as threshold,
            left_node,
            right_node,
            cast(value as string) || ' ' as value
        from {{ relation }}
        order by tree, node
        {%- endset -%}
        {%- for row in run_query(query).rows -%}
            {%- do trees.setdefault(row[0] | int, {}).update({row[1] | int: {
                'feature': row[2], 'threshold': (row[3] or '').strip(), 'left': row[4], 'right': row[5],
                'value': row[6].strip() | float
            }}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(trees) }}
{%- endmacro %}


{# What the steps of one tree add for a row with the columns of ranking_features: from each node to the next the
difference of their values, of the splits by one feature, or of all. #}
{% macro tree_steps(nodes, feature=none, at=0, sum=0.0) -%}
    {%- set node = nodes[at] -%}
    {%- if node.left is none -%}
        {{ return("cast('%.17g' as double)" | format(sum)) }}
    {%- endif -%}
    {%- set sides = [] -%}
    {%- for next in [node.left | int, node.right | int] -%}
        {%- set step = nodes[next].value - node.value if feature in [none, node.feature] else 0.0 -%}
        {%- do sides.append(recudf.tree_steps(nodes, feature, next, sum + step)) -%}
    {%- endfor -%}
    {%- if sides[0] == sides[1] -%}
        {{ return(sides[0]) }}
    {%- endif -%}
    {{ return(
        "case when " ~ node.feature ~ " <= cast('" ~ node.threshold ~ "' as double) then " ~ sides[0]
        ~ " else " ~ sides[1] ~ " end"
    ) }}
{%- endmacro %}


{# The same of all trees: 0 where none has such a split. #}
{% macro trees_sum(trees, feature=none) -%}
    {%- set terms = [] -%}
    {%- for nodes in trees.values() -%}
        {%- if feature is none or feature in nodes.values() | map(attribute='feature') | list -%}
            {%- do terms.append('\n        ' ~ recudf.tree_steps(nodes, feature)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ terms | join(' +') if terms else '0e0' }}
{%- endmacro %}
