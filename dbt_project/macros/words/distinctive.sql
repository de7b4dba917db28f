{# By what each owner stands out: share x ln(share / share among all), the owner's term of the Kullback-Leibler
divergence between what it has and what everybody has, so that it must be both frequent and special.

counted: a relation (owner_id, key, weight), weight > 0. Gives (owner_id, key, lift, value), where lift > 1, and further
columns of counted that are named. #}
{% macro distinctive(counted, kept=[]) -%}
    select
        owner_id,
        key,
        {%- for column in kept %}
        {{ column }},
        {%- endfor %}
        -- rounded, so that the order in which the weights are added up does not show
        round(share / overall_share, 9) as lift,
        round(share * ln(share / overall_share), 9) as value
    from (
        select
            owner_id,
            key,
            {%- for column in kept %}
            {{ column }},
            {%- endfor %}
            weight / sum(weight) over (partition by owner_id) as share,
            sum(weight) over (partition by key) / sum(weight) over () as overall_share
        from {{ counted }}
    ) as shares
    where round(share / overall_share, 9) > 1
{%- endmacro %}
