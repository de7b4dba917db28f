-- What `recudf evaluate` measured, on enough users to be told of; empty before its first run.
{%- set measured = source('recudf_evaluation', 'metrics') %}
{%- if execute %}{% do recudf.check_schema('evaluation_schema', measured.schema) %}{% endif %}
{%- set exists = execute and load_relation(measured) is not none %}

select
    cast({{ 'run_id' if exists else 'null' }} as string) as run_id,
    cast({{ 'model' if exists else 'null' }} as string) as model,
    cast({{ 'baseline' if exists else 'null' }} as string) as baseline,
    cast({{ 'split' if exists else 'null' }} as string) as split,
    cast({{ 'slice' if exists else 'null' }} as string) as slice,
    cast({{ 'metric' if exists else 'null' }} as string) as metric,
    cast({{ 'k' if exists else 'null' }} as integer) as k,
    cast({{ 'value' if exists else 'null' }} as double) as value,
    cast({{ 'n_users' if exists else 'null' }} as bigint) as n_users,
    cast({{ 'ci_low' if exists else 'null' }} as double) as ci_low,
    cast({{ 'ci_high' if exists else 'null' }} as double) as ci_high,
    cast({{ 'as_of' if exists else 'null' }} as timestamp) as as_of
{{ 'from ' ~ measured ~ ' where coalesce(n_users, 0) not between 1 and ' ~ (recudf.min_cell_users() | int - 1)
    if exists else 'where false' }}
