-- The encoder `lexical`: terms with their vectors, fitted on the texts that this build may see, on a sample where they
-- are many. Kept from build to build, later texts are placed by it; a full refresh fits anew, as does a build that looks
-- from an earlier moment than the fit did, or hides pairs.
{%- set earlier = recudf.earlier_self(this) if execute and not should_full_refresh() and var('holdout') is none else none %}
{%- set params = recudf.text_literal(tojson({
    'dimensions': recudf.number('lexical_dimensions') | int, 'seed': recudf.number('lexical_seed') | int,
})) %}
{%- set sample = recudf.number('lexical_texts') %}
{%- set fitted_with = params ~ " || ' on " ~ sample ~ " texts'" %}

with texts as (
    select text_hash, text from {{ ref('recudf', 'int_item_texts') }}
    union
    select text_hash, text from {{ ref('recudf', 'stg_texts') }}
),

as_of as (
    select as_of, is_replay from {{ ref('recudf', 'stg_as_of') }}
),

earlier as {{ recudf.materialized() }} (
    {{ recudf.earlier_rows(earlier, {
        'term': 'string', 'texts': 'bigint', 'vector': recudf.array_of('float'),
        'fingerprint': 'string', 'fitted_as_of': 'timestamp', 'fitted_with': 'string',
    }) }}
),

kept as {{ recudf.materialized() }} (
    select earlier.*
    from earlier
    cross join as_of
    where
        earlier.fitted_with = {{ fitted_with }}
        and not coalesce(as_of.is_replay and earlier.fitted_as_of > as_of.as_of, false)
),

-- by their hash, so that the sample depends on the texts alone
sample as (
    select text_hash, text
    from texts
    where not exists (select 1 from kept)
    order by text_hash
    limit {{ sample }}
),

fitted as (
    select lexical_fit({{ recudf.array_in_order('text', ['text_hash']) }}, {{ params }}) as terms from sample
),

terms as {{ recudf.materialized() }} (
    select {{ recudf.unnest_structs('terms') }} from fitted
),

fit as (
    {{ recudf.index_of('terms', 'term', {'handle': 'vector'}) }}
)

select term, texts, vector, fingerprint, fitted_as_of, fitted_with from kept
union all
select
    terms.term,
    terms.texts,
    terms.vector,
    'lexical-' || right(fit.handle, 16) as fingerprint,
    as_of.as_of as fitted_as_of,
    {{ fitted_with }} as fitted_with
from terms
cross join fit
cross join as_of
