{# Sources of candidates whose score is standardised within each user's list of them, and so becomes a feature. #}
{% macro ranking_sources() -%}
    {{ return([
        'weights', 'weights_recent', 'sequence', 'sequence_recent', 'content', 'content_recent', 'factors', 'neighbors',
        'friends', 'interests'
    ]) }}
{%- endmacro %}


{# All features of a candidate, with what each weighs where nothing was learned. With '_short' they count the more the
less the user did: times 5 / (5 + what the user did). #}
{% macro ranking_features() -%}
    {{ return({
        'weights': 0.7, 'weights_recent': 0.2, 'sequence': 0.1, 'sequence_recent': 0.1, 'content': 0.2,
        'content_recent': 0.1, 'factors': 0.7, 'neighbors': 0.1, 'friends': 0.2, 'interests': 0.1, 'popularity': 0.0,
        'recent_popularity': 0.5, 'category': 0.0, 'weights_short': 0.0, 'content_short': 0.0, 'factors_short': 0.0,
        'popularity_short': 2.0,
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


{# JSON of the parameters of item_weights_fit, as SQL. Expects catalogue.items, how many there are: auto keeps some two
million weights, of small catalogues up to 500 of each item. #}
{% macro item_weights_params() -%}
    {%- set neighbors = var('item_weights_neighbors') -%}
    {%- if neighbors != 'auto' and (neighbors is not integer or neighbors is boolean or neighbors < 1) -%}
        {%- do recudf.refuse_var('item_weights_neighbors', neighbors, 'give auto, or a whole number from 1 up') -%}
    {%- endif -%}
    {%- set ridge = var('item_weights_ridge') -%}
    {%- if ridge != 'auto' and (ridge is not number or ridge is boolean or ridge <= 0) -%}
        {%- do recudf.refuse_var('item_weights_ridge', ridge, 'give auto, or a number above 0') -%}
    {%- endif -%}
    {%- set rest = tojson({
        'ridge': ridge, 'text_weight': var('item_weights_text_weight'),
        'max_items': var('item_weights_max_items')
    })[1:] -%}
    '{"neighbors": ' || cast(
    {%- if neighbors == 'auto' %} cast(greatest(50, least(500, floor(2e6 / greatest(catalogue.items, 1)))) as integer)
    {%- else %} {{ neighbors }} {% endif %} as string) || {{ recudf.text_literal(', ' ~ rest) }}
{%- endmacro %}


{# The same of factors_fit and factors_of. #}
{% macro factors_params() -%}
    {{ recudf.text_literal(tojson({
        'factors': var('factors'), 'ridge': var('factors_ridge'), 'alpha': var('factors_alpha'),
        'seed': var('ranking_seed')
    })) }}
{%- endmacro %}


{# How the scorer is learned: 'auto', 'listwise', 'logistic', 'svm', 'trees' or 'network'. #}
{% macro ranking_method() -%}
    {%- set method = var('ranking_method') -%}
    {%- if method != 'auto' and method not in recudf.ranking_methods() -%}
        {%- do recudf.refuse_var('ranking_method', method, 'give auto, listwise, logistic, svm, trees or network') -%}
    {%- endif -%}
    {{ return(method) }}
{%- endmacro %}


{# What can be learned, the simplest first: the least can be a sum of single features. #}
{% macro ranking_methods() -%} {{ return(['listwise', 'svm', 'logistic', 'network', 'trees']) }} {%- endmacro %}


{# Methods whose score is no sum of weight x feature, as a list. #}
{% macro curved_methods() -%} {{ return(['trees', 'network']) }} {%- endmacro %}


{# The place of a method in ranking_methods. #}
{% macro method_complexity(method) -%}
    case {{ method }}
    {%- for name in recudf.ranking_methods() %} when '{{ name }}' then {{ loop.index }}{% endfor %} end
{%- endmacro %}


{# What ranker_fit is asked for, with the names of the features: the fixed weights' score is one more for the methods
whose score is a sum, so that they learn what to add to it. #}
{% macro ranker_params(names) -%}
    {%- set method = recudf.ranking_method() -%}
    {{ recudf.text_literal(tojson({
        'features': names + ['fixed'], 'hidden_from': {'fixed': recudf.curved_methods()}, 'baseline': 'fixed',
        'methods': recudf.ranking_methods() if method == 'auto' else [method], 'l2': 0.4, 'folds_by': ':', 'rounds': 100,
        'leaves': 8, 'rate': 0.1, 'min_leaf': 500, 'units': 16, 'epochs': 20, 'network_l2': 0.003, 'judged': ':known:',
        'seed': var('ranking_seed')
    })) }}
{%- endmacro %}
