{# A reason as a person would say it. Expects ranked, history, types, texts and reason_items, and interests with
`ranking: learned`; never the text itself.
An item without a title is called by its id. #}
{% macro reason_sentence() -%}
    {%- set title = "coalesce(reason_items.title, 'item ' || coalesce(history.item_id, texts.item_id))" -%}
    {%- set rated -%}
        case when history.rated_value is not null
            then ' ' || {{ recudf.short_number('history.rated_value') }} || ' of ' || {{ recudf.short_number('history.highest_value') }}
            else '' end
    {%- endset -%}
    case
        when ranked.reason_kind = 'popular' then 'popular with other users'
        when ranked.reason_kind = 'people' then 'liked by people with a similar taste'
        {%- if recudf.ranking_is_learned() %}
        when ranked.reason_kind = 'interest' then 'because you like ' || interests.name
        {%- endif %}
        when ranked.reason_kind = 'friend' then 'liked by ' || ranked.reason_ref_id || ', whom you know or follow'
        when ranked.reason_kind = 'category' then 'from the categories you like'
        when ranked.reason_kind = 'item' and ranked.is_unlike
            then 'unlike ' || {{ title }} || ' (you ' || replace(types.phrase, '{title}', 'it') || {{ rated }} || ')'
        when ranked.reason_kind = 'item'
            then 'because you ' || replace(types.phrase, '{title}', {{ title }}) || {{ rated }}
        when ranked.is_unlike
            then 'unlike what you wrote about ' || coalesce({{ title }}, 'other things')
        when texts.item_id is not null
            then 'because of what you wrote about ' || {{ title }}
        else 'because of your ' || texts.kind
            || coalesce(' of ' || {{ recudf.day_in_words('texts.created_at') }}, '')
    end
{%- endmacro %}


{# A number as text, a whole one without decimals. #}
{% macro short_number(value) -%}
    case when {{ value }} = floor({{ value }}) and abs({{ value }}) < 1e15 then cast(cast({{ value }} as bigint) as string)
        else cast({{ value }} as string) end
{%- endmacro %}
