{# Why a group gets an item, as a person would say it. Expects lists, groups, scores, leads, lead_items, history and types. #}
{% macro group_reason_sentence() -%}
    {%- set title = "coalesce(lead_items.title, 'item ' || leads.source_id)" -%}
    {%- set of_members -%}
        case when scores.members = 1 then 'the only member'
            when groups.kind != 'given' and scores.supporters < {{ recudf.min_cell_users() }}
                then 'fewer than {{ recudf.min_cell_users() }} of ' || cast(scores.members as string) || ' members'
            else cast(scores.supporters as string) || ' of ' || cast(scores.members as string) || ' members' end
    {%- endset -%}
    case
        when leads.is_own then 'because the group ' || replace(types.phrase, '{title}', {{ title }})
        when leads.group_id is not null then 'because groups that share members chose ' || {{ title }}
        when lists.strategy = 'learned' then 'because groups with much in common chose it'
        when lists.strategy = 'average' then 'best on average: recommended to ' || {{ of_members }}
        when lists.strategy = 'least_misery' then 'safest for everybody: recommended to ' || {{ of_members }}
        when lists.strategy = 'most_pleasure' then 'a favourite of somebody: recommended to ' || {{ of_members }}
        when lists.strategy = 'borda' then 'ranked high: recommended to ' || {{ of_members }}
        when lists.strategy = 'approval' then 'in the lists of most: recommended to ' || {{ of_members }}
        else 'gives everybody a share: recommended to ' || {{ of_members }}
    end
{%- endmacro %}
