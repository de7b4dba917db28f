{# Fails where a NULL stands in any of these columns, with their counts in each: one query for a relation. #}
{% test never_null(model, columns) %}
select *
from (
    select
        {%- for column in columns %}
        count(*) filter (where {{ column }} is null) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ recudf.tested() }}
) as nulls
where {% for column in columns %}{{ column }} > 0{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
