{# Clusters that keep their numbers: a later build starts from the centroids of the one before, and keeps them as they
are where the points are the same; a full refresh starts anew, with numbers that were never given.

this: the model that holds them. points: a relation (id, vector, fingerprint), the id's name given. params: of
cluster_fit, a SQL expression of JSON without the closing brace, which may use encoder.points, how many there are.
listed: which ids are kept beside a cluster, its 'exemplars' or all its 'members'. words: a relation (id, terms, words),
a list and a text of the same, where topics are found in these, by topic_fit, and not in the vectors.
Gives (cluster_number, centroid, size, <listed>, next_number, first_number, fingerprint, fitted_on). #}
{% macro lasting_fits(this, points, id, params, listed, words=none) -%}
{%- set earlier = recudf.earlier_self(this) if execute else none %}
{%- set starts_anew = execute and should_full_refresh() %}
{%- set nobody = 'cast(' ~ recudf.array([]) ~ ' as ' ~ recudf.array_of('string') ~ ')' %}
{#- to the parameters a build adds what the earlier fit left #}
{%- set asked = [
    'points.params', "coalesce(', \"previous\": \"' || continued.handle || '\"', '')",
    "', \"first_new_id\": '", 'cast(unused.first_new_id as string)', "'}'",
] | join(' || ') %}

with {% if words %}texts as {{ recudf.materialized() }} (
    select
        {{ recudf.array_in_order('points.' ~ id, ['points.' ~ id]) }} as ids,
        {{ recudf.array_in_order('words.terms', ['points.' ~ id]) }} as terms,
        {{ recudf.sha256(recudf.joined_in_order(
            'points.' ~ id ~ " || coalesce(' ' || words.words, '')", 'points.' ~ id
        )) }} as content
    from {{ points }} as points
    left join {{ words }} as words on points.{{ id }} = words.id
),

{% endif -%}
points as {{ recudf.materialized() }} (
    select
        handle,
        fingerprint,
        {{ params }} as params,
        handle || {{ params }} {%- if words %} || (select content from texts) {%- endif %} as fitted_on
    -- one row, also where there is nothing to fit
    from (select min(fingerprint) as fingerprint, count(*) as points from {{ points }} as given) as encoder
    left join (select vector_index({{ id }}, vector) as handle from {{ points }} as given) as indexed on true
),

earlier as {{ recudf.materialized() }} (
    {{ recudf.earlier_fits(earlier, listed) }}
),

-- the same points asked the same way, or none: then their numbers at least are not given again
kept as {{ recudf.materialized() }} (
    select
        earlier.cluster_number,
        earlier.centroid,
        case when points.handle is null then 0 else earlier.size end as size,
        case when points.handle is null then {{ nobody }} else earlier.{{ listed }} end as {{ listed }},
        earlier.first_number,
        earlier.fingerprint,
        case when points.handle is not null then earlier.fitted_on end as fitted_on
    from earlier
    cross join points
    where points.handle is null or {{ 'false' if starts_anew else 'points.fitted_on = earlier.fitted_on' }}
),

-- centroids of another encoder are no starting point
continued as (
    select max(handle) as handle
    from (
        select vector_index(earlier.cluster_number, earlier.centroid) as handle
        from earlier
        inner join points on earlier.fingerprint = points.fingerprint
        {%- if starts_anew %}
        where false
        {%- endif %}
    ) as indexed
),

fitted as (
    select
        points.fingerprint,
        points.fitted_on,
        case when continued.handle is null then unused.first_new_id else unused.first_number end as first_number,
        {% if words -%}
        topic_fit(texts.ids, texts.terms, points.handle, {{ asked }}) as clusters
        {%- else -%}
        cluster_fit(points.handle, {{ asked }}) as clusters
        {%- endif %}
    from points
    {%- if words %}
    cross join texts
    {%- endif %}
    cross join continued
    cross join (
        select
            coalesce(max(next_number), 0) as first_new_id,
            max(first_number) as first_number
        from earlier
    ) as unused
    where not exists (select 1 from kept)
),

clusters as (
    select first_number, fingerprint, fitted_on, {{ recudf.unnest_structs('clusters') }} from fitted
),

united as (
    select cluster_number, centroid, size, {{ listed }}, first_number, fingerprint, fitted_on from kept
    union all
    select cluster_id as cluster_number, centroid, size, {{ listed }}, first_number, fingerprint, fitted_on from clusters
)

select
    cluster_number,
    centroid,
    size,
    {{ listed }},
    -- where the numbers of new clusters start: a number is never given twice
    greatest(max(cluster_number) over () + 1, (select max(next_number) from earlier)) as next_number,
    -- of the last fit that started anew: the same points have the same numbers, counted from it
    first_number,
    fingerprint,
    fitted_on
from united
{%- endmacro %}
