{# The weekday and the hour with most of the members' dated events, where it surely has more than its part of all:
(group_id, unit, place, share, people). Every member counts the same. Sure: the 95 % interval of the mean share lies
above 1/7 (1/24), widened for being the best of so many (Bonferroni): quantiles of .025/7 and .025/24. #}
{% macro active_times() -%}
    with summed as (
        select
            members.group_id,
            times.unit,
            times.place,
            round(sum(times.share), 9) as total,
            round(sum(times.share * times.share), 9) as squares,
            -- each member has shares that sum to 1
            round(sum(sum(times.share)) over (partition by members.group_id, times.unit)) as people
        from {{ ref('recudf', 'fct_group_members') }} as members
        inner join {{ ref('recudf', 'int_active_times') }} as times on members.user_id = times.user_id
        group by members.group_id, times.unit, times.place
    ),

    measured as (
        select
            group_id,
            unit,
            place,
            people,
            total / people as share,
            sqrt(greatest(squares - total * total / people, 0) / (people - 1) / people) as error,
            case unit when 'weekday' then 7 else 24 end as places,
            case unit when 'weekday' then 2.690 else 3.078 end as quantile,
            row_number() over (partition by group_id, unit order by total desc, place) as position
        from summed
        where people > 1
    )

    select
        group_id,
        unit,
        place,
        share,
        people
    from measured
    where position = 1 and share - quantile * error > 1e0 / places
{%- endmacro %}
