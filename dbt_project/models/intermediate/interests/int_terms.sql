-- Terms: phrases that near-duplicates share, in the form most sources have. A longer phrase is a term where its words
-- stand together often; a shorter one is none where it hardly stands outside of a longer one.
with forms as (
    select
        key,
        phrase,
        min(words) as words,
        count(*) as sources
    from {{ ref('recudf', 'int_source_terms') }}
    group by key, phrase
),

terms as (
    select
        key,
        phrase,
        words,
        sum(sources) over (partition by key) as sources,
        row_number() over (partition by key order by sources desc, phrase) as position
    from forms
),

keys as (
    select key, phrase, words, sources from terms where position = 1
),

parts as (
    select
        longer.key,
        longer.sources as longer_sources,
        shorter.key as part,
        shorter.sources
    from (
        select key, sources, {{ recudf.unnest(recudf.split('key', ' ')) }} as part from keys where words > 1
    ) as longer
    inner join keys as shorter on longer.part = shorter.key
),

together as (
    select
        key,
        max(longer_sources) * 1e0 / min(sources) as share_of_rarest
    from parts
    group by key
),

within as (
    select
        part,
        max(longer_sources * 1e0 / sources) as share_in_longer
    from parts
    group by part
)

select
    keys.key,
    'word:' || keys.key as interest_id,
    keys.phrase,
    keys.words,
    cast(keys.sources as bigint) as sources
from keys
left join together on keys.key = together.key
left join within on keys.key = within.part
where
    (keys.words = 1 or (keys.sources > 2 and coalesce(together.share_of_rarest, 1) >= 0.1))
    and coalesce(within.share_in_longer, 0) < 0.8
