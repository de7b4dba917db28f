{# What is recommended no more, once for each fold: (fold, user_id, item_id) of items that the user has seen, unless the
fold hides them, or that are blocked. #}
{% macro not_recommended() -%}
    select fold, user_id, item_id
    from {{ ref('recudf', 'int_ranking_pairs') }}
    where is_seen and not is_hidden
    union
    select folds.fold, blocked.user_id, blocked.item_id
    from {{ ref('recudf', 'int_items_blocked') }} as blocked
    cross join (
        select 0 as fold
        union
        select fold from {{ ref('recudf', 'int_ranking_pairs') }}
    ) as folds
    where blocked.user_id is not null
{%- endmacro %}
