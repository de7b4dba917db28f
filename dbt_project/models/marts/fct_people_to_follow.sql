-- Whom a user might like to know or follow, and why.
select
    people.user_id,
    people.other_user_id,
    cast(people.position as integer) as rank,
    cast(people.score as float) as score,
    cast(people.ties_score as float) as ties_score,
    cast(round(people.similarity, 6) as float) as similarity,
    cast(coalesce(people.ties, 0) as bigint) as common_ties,
    case
        when people.ties > 3
            then 'knows ' || people.names || ' and ' || cast(people.ties - 3 as string) || ' more whom you know'
        when people.ties > 0 then 'knows ' || people.names || ', whom you know'
        when neighbors.shared is not null then 'you ' || neighbors.shared
        else 'you like the same'
    end as reason,
    {{ recudf.run_columns() }}
from {{ ref('recudf', 'int_people_to_follow') }} as people
left join {{ ref('recudf', 'fct_user_neighbors') }} as neighbors
    on people.user_id = neighbors.user_id and people.other_user_id = neighbors.neighbor_id
