{# Sources of candidates whose score is standardised within each user's list of them, and so becomes a feature. #}
{% macro ranking_sources() -%}
    {{ return(['weights', 'weights_recent', 'sequence', 'sequence_recent', 'content', 'content_recent', 'factors']) }}
{%- endmacro %}


{# All features of a candidate, with what each weighs where nothing was learned. With '_short' they count the more the
less the user did: times 5 / (5 + what the user did). #}
{% macro ranking_features() -%}
    {{ return({
        'weights': 0.7, 'weights_recent': 0.2, 'sequence': 0.1, 'sequence_recent': 0.1, 'content': 0.2,
        'content_recent': 0.1, 'factors': 0.7, 'popularity': 0.0, 'recent_popularity': 0.5, 'category': 0.0,
        'weights_short': 0.0, 'content_short': 0.0, 'factors_short': 0.0, 'popularity_short': 2.0,
    }) }}
{%- endmacro %}


{# The score without learning: expects the columns of ranking_features. #}
{% macro fixed_score() -%}
    {%- set terms = [] -%}
    {%- for feature, weight in recudf.ranking_features().items() if weight != 0 -%}
        {%- do terms.append(weight ~ ' * ' ~ feature) -%}
    {%- endfor -%}
    {{ terms | join(' + ') }}
{%- endmacro %}


{# JSON of the parameters of item_weights_fit, factors_fit and ranker_fit, as SQL. #}
{% macro item_weights_params() -%}
    {{ recudf.text_literal(tojson({
        'ridge': var('item_weights_ridge'), 'text_weight': var('item_weights_text_weight'),
        'neighbors': var('item_weights_neighbors'), 'max_items': var('item_weights_max_items')
    })) }}
{%- endmacro %}


{% macro factors_params() -%}
    {{ recudf.text_literal(tojson({
        'factors': var('factors'), 'ridge': var('factors_ridge'), 'alpha': var('factors_alpha'),
        'seed': var('ranking_seed')
    })) }}
{%- endmacro %}


{% macro ranker_params() -%}
    {{ recudf.text_literal(tojson({
        'features': recudf.ranking_features().keys() | list + ['fixed'], 'methods': ['listwise'],
        'l2': 0.4,
        'seed': var('ranking_seed')
    })) }}
{%- endmacro %}
