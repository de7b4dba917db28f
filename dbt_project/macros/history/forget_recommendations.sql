{# Deletes from the history of recommendations, before a build adds its own: those of the same moment, which it replaces;
those older than `recommendation_history_days`, unless the build looks back itself; and those of users who are in no input
any more. Where no input has any user, something else is wrong, and everybody stays. #}
{% macro forget_recommendations(relation) -%}
    {%- if execute and load_relation(relation) is not none -%}
        {{ return(adapter.dispatch('forget_recommendations', 'recudf')(relation)) }}
    {%- else -%}
        {#- dbt finds here what the condition reads -#}
        {%- do recudf.is_forgotten() -%}
    {%- endif -%}
{%- endmacro %}


{% macro default__forget_recommendations(relation) -%}
    delete from {{ relation }} as history where {{ recudf.is_forgotten() }}
{%- endmacro %}


{# Rows of Parquet cannot be deleted: the table is written again, where there is anything to leave out. #}
{% macro spark__forget_recommendations(relation) -%}
    {%- set found = run_query('select count(*) from ' ~ relation ~ ' as history where ' ~ recudf.is_forgotten()) -%}
    {%- if found[0][0] > 0 -%}
        {%- set copy = api.Relation.create(schema=relation.schema, identifier=relation.identifier ~ '_kept') -%}
        {%- do run_query('drop table if exists ' ~ copy) -%}
        {%- do run_query(
            'create table ' ~ copy ~ ' using parquet as select * from ' ~ relation ~ ' as history where not ' ~ recudf.is_forgotten()
        ) -%}
        insert overwrite table {{ relation }} select * from {{ copy }}
    {%- endif -%}
{%- endmacro %}


{% macro is_forgotten() -%}
    {%- set days = recudf.number('recommendation_history_days') -%}
    {%- set known -%}
        select user_id from ({{ recudf.select_input('interactions') }}) as events
        union all
        select user_id from ({{ recudf.select_input('texts') }}) as texts
        union all
        select user_id from ({{ recudf.select_input('users') }}) as listed
    {%- endset -%}
    {%- set now = '(select as_of from ' ~ ref('recudf', 'stg_as_of') ~ ')' -%}
    coalesce(
        history.as_of = {{ now }}
        or not (select is_replay from {{ ref('recudf', 'stg_as_of') }})
            and {{ recudf.microseconds('history.as_of') }} < {{ recudf.microseconds(now) }} - 86400e6 * {{ days }}
        or exists (select 1 from ({{ known }}) as anybody where anybody.user_id is not null)
            and not exists (select 1 from ({{ known }}) as known where known.user_id = history.user_id),
        false
    )
{%- endmacro %}
