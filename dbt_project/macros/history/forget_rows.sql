{# Deletes rows of a table that keeps history, before a build adds its own: those that a condition over `history` names. #}
{% macro forget_rows(relation, condition) -%}
    {%- if execute and load_relation(relation) is not none -%}
        {{ return(adapter.dispatch('forget_rows', 'recudf')(relation, condition)) }}
    {%- endif -%}
{%- endmacro %}


{% macro default__forget_rows(relation, condition) -%}
    delete from {{ relation }} as history where {{ condition }}
{%- endmacro %}


{# Rows of Parquet cannot be deleted: the table is written again, where there is anything to leave out. #}
{% macro spark__forget_rows(relation, condition) -%}
    {%- set found = run_query('select count(*) from ' ~ relation ~ ' as history where ' ~ condition) -%}
    {%- if found[0][0] > 0 -%}
        {%- set copy = api.Relation.create(schema=relation.schema, identifier=relation.identifier ~ '_kept') -%}
        {%- do run_query('drop table if exists ' ~ copy) -%}
        {%- do run_query(
            'create table ' ~ copy ~ ' using parquet as select * from ' ~ relation ~ ' as history where not ' ~ condition
        ) -%}
        insert overwrite table {{ relation }} select * from {{ copy }}
    {%- endif -%}
{%- endmacro %}


{# From a history: what an earlier build of the same moment wrote, which this one replaces. #}
{% macro forget_moment(relation) -%}
    {#- rendered also while dbt parses, so that it finds what the condition reads -#}
    {%- set condition = recudf.is_of_this_moment() -%}
    {{ recudf.forget_rows(relation, condition) }}
{%- endmacro %}


{# ... and what is older than so many days, unless the build looks back itself. #}
{% macro forget_moments(relation, days) -%}
    {%- set condition -%}
        ({{ recudf.is_of_this_moment() }} or {{ recudf.is_older_than(days) }})
    {%- endset -%}
    {{ recudf.forget_rows(relation, condition) }}
{%- endmacro %}


{# ... and those of users who are in no input any more. Where no input has any user, something else is wrong, and
everybody stays. #}
{% macro forget_users(relation, days) -%}
    {%- set condition -%}
        ({{ recudf.is_of_this_moment() }} or {{ recudf.is_older_than(days) }} or {{ recudf.is_of_nobody() }})
    {%- endset -%}
    {{ recudf.forget_rows(relation, condition) }}
{%- endmacro %}


{% macro is_of_this_moment() -%}
    coalesce(history.as_of = (select as_of from {{ ref('recudf', 'stg_as_of') }}), false)
{%- endmacro %}


{% macro is_older_than(days) -%}
    {%- set now = '(select as_of from ' ~ ref('recudf', 'stg_as_of') ~ ')' -%}
    coalesce(
        not (select is_replay from {{ ref('recudf', 'stg_as_of') }})
        and {{ recudf.microseconds('history.as_of') }} < {{ recudf.microseconds(now) }} - 86400e6 * {{ days }},
        false
    )
{%- endmacro %}


{% macro is_of_nobody() -%}
    {%- set known -%}
        select user_id from ({{ recudf.select_input('interactions') }}) as events
        union all
        select user_id from ({{ recudf.select_input('texts') }}) as texts
        union all
        select user_id from ({{ recudf.select_input('users') }}) as listed
        union all
        select user_id from ({{ recudf.select_input('memberships') }}) as members
    {%- endset -%}
    coalesce(
        exists (select 1 from ({{ known }}) as anybody where anybody.user_id is not null)
        and not exists (select 1 from ({{ known }}) as known where known.user_id = history.user_id),
        false
    )
{%- endmacro %}


{% macro forget_recommendations(relation) -%}
    {{ recudf.forget_users(relation, recudf.number('recommendation_history_days')) }}
{%- endmacro %}


{% macro forget_members(relation) -%}
    {{ recudf.forget_users(relation, recudf.number('group_history_days')) }}
{%- endmacro %}


{% macro forget_centroids(relation) -%}
    {{ recudf.forget_moments(relation, recudf.number('group_history_days')) }}
{%- endmacro %}
