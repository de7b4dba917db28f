{# The parts of each recommendation's score, with what of the user's own leads to it. Without the learned ranking there
are none, and nothing is left of a build with it. #}
{% macro parts_with_leads() -%}
    {%- if recudf.ranking_is_learned() -%}
    select
        parts.*,
        leads.kind as lead_kind,
        leads.ref_id as lead_ref_id
    from {{ ref('recudf', 'int_recommendation_parts') }} as parts
    left join {{ ref('recudf', 'int_recommendation_leads') }} as leads
        on parts.user_id = leads.user_id and parts.item_id = leads.item_id and parts.part = leads.part
    {%- else -%}
    select
        user_id,
        cast(null as string) as item_id,
        cast(null as string) as part,
        cast(null as double) as feature_value,
        cast(null as double) as weight,
        cast(null as double) as value,
        cast(null as string) as lead_kind,
        cast(null as string) as lead_ref_id
    from {{ ref('recudf', 'stg_users') }}
    where false
    {%- endif -%}
{%- endmacro %}
