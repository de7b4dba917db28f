{# In FROM: a relation whose rows one worker goes through in the order of a column. #}
{% macro one_task(relation, by) -%} {{ return(adapter.dispatch('one_task', 'recudf')(relation, by)) }} {%- endmacro %}


{% macro default__one_task(relation, by) -%}
    (select * from {{ relation }} order by {{ by | join(', ') }}) as {{ relation }}
{%- endmacro %}


{% macro spark__one_task(relation, by) -%}
    (
        select * from (select /*+ coalesce(1) */ * from {{ relation }}) as gathered sort by {{ by | join(', ') }}
    ) as {{ relation }}
{%- endmacro %}
