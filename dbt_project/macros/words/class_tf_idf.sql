{# Keys ranked by how distinctive they are for their owner: class-based tf-idf (Grootendorst, BERTopic, arXiv:2203.05794,
equation 2) with add-one smoothing. The owner's share of a key x ln(1 + A / (f + n)): A is the average weight of an
owner, f the weight of the key among all owners, and n as much again as if each owner had one more row of the key, of
average weight. Without n, what a single owner wrote once outranks all else where owners are many and small.

counted: a relation (owner_id, key, weight), weight > 0, one row for each owner and key. Gives (owner_id, key, value,
position), best first; ties by key. #}
{% macro class_tf_idf(counted) -%}
    select
        owner_id,
        key,
        value,
        row_number() over (partition by owner_id order by value desc, key) as position
    from (
        select
            sums.owner_id,
            sums.key,
            -- rounded, so that the order in which the weights are added up does not show
            round(
                sums.weight / sums.owner_weight
                * ln(1 + totals.weight / totals.n_owners / (sums.key_weight + totals.n_owners * totals.mean_weight)), 9
            ) as value
        from (
            select
                owner_id,
                key,
                weight,
                sum(weight) over (partition by owner_id) as owner_weight,
                sum(weight) over (partition by key) as key_weight
            from {{ counted }}
        ) as sums
        cross join (
            select
                sum(weight) as weight,
                sum(weight) / count(*) as mean_weight,
                count(distinct owner_id) as n_owners
            from {{ counted }}
        ) as totals
    ) as valued
{%- endmacro %}
