{# Words by which owners stand out, where of several forms of one word (mic and mics) the best placed stands for all:
those with one key of keyphrases. Of each owner's first forty. ranked: as recudf.distinctive_words gives them. #}
{% macro one_form_each(ranked) -%}
    select
        owner_id,
        word,
        lift,
        value,
        row_number() over (partition by owner_id order by position) as position
    from (
        select
            *,
            row_number() over (partition by owner_id, coalesce(key, word) order by position) as form
        from (
            select
                *,
                {{ recudf.array_element('keyphrases(word, 1)', 1) }}.key as key
            from (
                {{ ranked }}
            ) as ranked
            where position <= 40
        ) as keyed
    ) as formed
    where form = 1
{%- endmacro %}
