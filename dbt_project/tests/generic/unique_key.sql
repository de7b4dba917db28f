{# Fails with every combination of these columns that more than one row has; NULLs are equal here. #}
{% test unique_key(model, columns) %}
select {{ columns | join(', ') }}, count(*) as n
from {{ recudf.tested() }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
