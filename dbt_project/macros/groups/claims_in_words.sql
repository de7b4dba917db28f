{# Of each group the three strongest of what fct_group_interests is sure of, as 'name lift (ci_low to ci_high)'.

claimed: a condition over its rows, and over is_liked: whether members like it more than others do, who then meet more of
it to turn away from, too. strength: what they are ordered by. Gives (group_id, claims). #}
{% macro claims_in_words(claimed, strength) -%}
    select
        group_id,
        {{ recudf.joined_in_order(
            "replace(interest, ', ', '/') || ' ' || " ~ recudf.tenths('lift') ~ " || ' (' || " ~ recudf.tenths('ci_low')
            ~ " || ' to ' || " ~ recudf.tenths('ci_high') ~ " || ')'", 'position'
        ) }} as claims
    from (
        select
            *,
            row_number() over (partition by group_id order by round({{ strength }}, 6) desc, interest_id) as position
        from (
            select
                *,
                coalesce(max(case when attitude = 'likes' then lift end) over (partition by group_id, interest_id) > 1, false)
                    as is_liked
            from {{ ref('recudf', 'fct_group_interests') }}
        ) as interests
        where n_users >= {{ recudf.min_people() }} and {{ claimed }}
    ) as ranked
    where position <= 3
    group by group_id
{%- endmacro %}


{# A number with one digit after the point, as text; below 1 with two. #}
{% macro tenths(number) -%}
    case
        when {{ number }} < 1 then cast(cast({{ number }} as decimal(18, 2)) as string)
        else cast(cast({{ number }} as decimal(18, 1)) as string)
    end
{%- endmacro %}
