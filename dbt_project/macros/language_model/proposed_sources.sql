{# The items and texts that support proposed interests: (interest_id, source_kind, source_id). #}
{% macro proposed_sources() -%}
    select distinct
        interest_id,
        source_kind,
        source_id
    from (
        select interest_id, {{ recudf.unnest_structs('sources') }}
        from (select interest_id, sources from {{ ref('recudf', 'int_proposed_interests') }}) as proposed
    ) as supporting
{%- endmacro %}
