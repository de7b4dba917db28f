{# The items and texts that support proposed interests: (interest_id, source_kind, source_id). #}
{% macro proposed_sources() -%}
    select distinct
        interests.interest_id,
        support.source_kind,
        support.source_id
    from {{ ref('recudf', 'int_proposed_interests') }} as interests
    inner join {{ ref('recudf', 'int_llm_support') }} as support
        on interests.user_id = support.user_id and interests.interest = support.interest
{%- endmacro %}
