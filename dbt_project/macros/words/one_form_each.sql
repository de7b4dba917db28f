{# Words by which owners stand out, each said once: of several forms of one word (mic and mics), those with one key of
keyphrases, the best placed stands for all; of words that only come together (a brand's: same lift, same value), the
longest. Of each owner's first forty. ranked: as recudf.distinctive_words gives them. #}
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
                {{ recudf.array_element('keyphrases(word, 1)', 1) }}.key as key,
                row_number() over (
                    partition by owner_id, lift, value order by length(word) desc, word
                ) as of_those_together
            from (
                {{ ranked }}
            ) as ranked
            where position <= 40
        ) as keyed
        where of_those_together = 1
    ) as formed
    where form = 1
{%- endmacro %}
