{# The id of a given group: as it is, unless it could be a discovered group's, which are called discovered-1, ... Then
'given-' stands before it, and before what is called given-discovered-... already, so that no two become one. #}
{% macro given_group_id(group_id) -%}
    case when replace({{ group_id }}, 'given-', '') like 'discovered-%' then 'given-' || {{ group_id }} else {{ group_id }} end
{%- endmacro %}
