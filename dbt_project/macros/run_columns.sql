{# The columns that every mart ends with: which build made the row, and the moment it looked from. #}
{% macro run_columns() -%}
    cast({{ dbt.string_literal(invocation_id) }} as string) as run_id,
    (select as_of from {{ ref('recudf', 'stg_as_of') }}) as as_of
{%- endmacro %}
