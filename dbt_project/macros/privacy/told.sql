{# A value that says something of so many people; NULL where they are too few to be told of (var min_cell_users), but some.
#}
{% macro told(value, people) -%}
    case when {{ people }} = 0 or {{ people }} >= {{ recudf.min_cell_users() }} then {{ value }} end
{%- endmacro %}


{# The same of groups, whose kind tells whether they are given: then whoever gave them knows who is in them. people: several
counts, of which none may be too small. #}
{% macro told_of_group(value, people, kind) -%}
    case
        when {{ kind }} = 'given' {%- for count in people %}
            {{ 'or ((' if loop.first else 'and (' }}{{ count }} = 0 or {{ count }} >= {{ recudf.min_cell_users() }})
            {%- endfor %})
            then {{ value }}
    end
{%- endmacro %}


{# How many people make something worth saying, which is no less than what may be said: the larger of the two. #}
{% macro min_people() -%}
    {{ return([recudf.number('min_group_size') | int, recudf.min_cell_users() | int] | max) }}
{%- endmacro %}


{# Of how many people at least something must be said: the var min_cell_users, or as many as make a group. #}
{% macro min_cell_users() -%}
    {%- if var('min_cell_users') is none -%} {{ recudf.number('min_group_size') }}
    {%- else -%} {{ recudf.number('min_cell_users') }} {%- endif -%}
{%- endmacro %}
