{# The network in use, as SQL: one layer of rectified units beside a linear score, written with the numbers of
int_ranker_layers when a model that needs them runs. Where no network is in use there are none. #}

{# {layer: {output: {input: weight}}} of int_ranker_layers. #}
{% macro ranker_layers() -%}
    {%- set relation = ref('recudf', 'int_ranker_layers') -%}
    {%- set layers = {} -%}
    {%- if execute and load_relation(relation) is not none -%}
        {%- set query -%}
        select layer, output, input, cast(weight as string) || ' ' as weight
        from {{ relation }}
        order by layer, output, input
        {%- endset -%}
        {%- for row in run_query(query).rows -%}
            {%- do layers.setdefault(row[0] | int, {}).setdefault(row[1], {}).update({row[2]: row[3].strip() | float}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(layers) }}
{%- endmacro %}


{% macro double(number) -%} cast('{{ '%.17g' | format(number) }}' as double) {%- endmacro %}


{# What each feature adds to a row's score beyond that of the mean row, in columns part_<feature> beside keys (a list of
columns) and the features: integrated gradients (Sundararajan et al., ICML 2017) from the mean of every feature. A unit's input runs evenly from its bias
to its bias + input, so that its mean slope is what it rises by, of its input; the parts sum to the score.
relation: columns of int_ranking_features. #}
{% macro network_parts(layers, relation, keys) -%}
    {%- set features = recudf.ranking_features() | list -%}
    select
        {{ keys | join(', ') }},
        {{ features | join(', ') }}
        {%- for feature in features %},
        z_{{ feature }} * (
            {{- recudf.double(layers[2].score.get(feature, 0.0)) }}
            {%- for unit, inputs in layers[1].items() %}
            + slope_{{ unit }} * {{ recudf.double(inputs.get(feature, 0.0)) }}
            {%- endfor %}) as part_{{ feature }}
        {%- endfor %}
    from (
        select
            *
            {%- for unit, inputs in layers[1].items() %},
            case when input_{{ unit }} = 0 then 0e0 else {{ recudf.double(layers[2].score[unit]) }} * (
                greatest(0e0, input_{{ unit }} + {{ recudf.double(inputs.bias) }})
                - {{ recudf.double([0.0, inputs.bias] | max) }}
            ) / input_{{ unit }} end as slope_{{ unit }}
            {%- endfor %}
        from (
            select
                *
                {%- for unit, inputs in layers[1].items() %},
                {% for feature in features %}
                {{- ' + ' if not loop.first }}z_{{ feature }} * {{ recudf.double(inputs.get(feature, 0.0)) }}
                {%- endfor %} as input_{{ unit }}
                {%- endfor %}
            from (
                select
                    {{ keys | join(', ') }},
                    {{ features | join(', ') }}
                    {%- for feature in features %},
                    {{ feature }} * {{ recudf.double(layers[0][feature][feature]) }}
                    + {{ recudf.double(layers[0][feature].bias) }} as z_{{ feature }}
                    {%- endfor %}
                from {{ relation }}
            ) as scaled
        ) as entered
    ) as passed
{%- endmacro %}


{# The sum of these parts: an expression over the columns of network_parts. #}
{% macro network_sum() -%}
    part_{{ recudf.ranking_features() | join(' + part_') }}
{%- endmacro %}
