-- Association rules: who does the one thing does the other, more people than by chance (Agrawal et al., SIGMOD 1993).
-- Significance by the G statistic of the 2 x 2 table of people (Dunning 1993): exp(-G / 2) bounds its p-value from
-- above, and is held against 0.05 / how many pairs of the kind there are (Bonferroni). Of an item the strongest rules.
with tested as (
    select
        *,
        2 * (
            {{ recudf.g_term('together', 'antecedent_people * consequent_people') }}
            + {{ recudf.g_term('(antecedent_people - together)', 'antecedent_people * (people - consequent_people)') }}
            + {{ recudf.g_term('(consequent_people - together)', '(people - antecedent_people) * consequent_people') }}
            + {{ recudf.g_term(
                '(people - antecedent_people - consequent_people + together)',
                '(people - antecedent_people) * (people - consequent_people)'
            ) }}
        ) as g,
        count(*) over (partition by kind) as pairs
    from {{ ref('recudf', 'int_interest_pairs') }}
),

significant as (
    select
        *,
        row_number() over (partition by antecedent order by round(g, 9) desc, consequent) as position
    from tested
    where together * people > antecedent_people * consequent_people and exp(-g / 2) * pairs <= 0.05
)

select
    'rule:' || antecedent || ' > ' || consequent as interest_id,
    kind,
    antecedent,
    consequent,
    antecedent_event_type,
    antecedent_id,
    consequent_event_type,
    consequent_id,
    together as people,
    together / people as support,
    together / antecedent_people as confidence,
    together * people / (antecedent_people * consequent_people) as lift,
    case
        when in_order + reversed >= {{ recudf.min_cell_users() }} then in_order / (in_order + reversed)
    end as share_in_order,
    -- by two standard deviations of what chance would have
    in_order - reversed >= 2 * sqrt(in_order + reversed)
    and in_order + reversed >= {{ recudf.min_cell_users() }} as is_sequence,
    least(1, exp(-g / 2)) as p_value
from significant
where kind != 'item' or position <= {{ recudf.number('rules_per_item') }}
