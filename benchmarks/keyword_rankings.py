"""What keywords.py compares: the project's macros in DuckDB, and KeyBERT with the same encoder object."""

import time
from pathlib import Path

import jinja2
from keybert import KeyBERT
from keybert.backend import BaseEmbedder

from recudf import EncoderSettings
from recudf.encoders.encoder import encoder_for
from recudf.interests.spelling import word_key
from recudf.progress import Meter

MACROS = Path(__file__).parents[1] / "dbt_project" / "macros"
MEMBERSHIP = 0.1  # how sharply a text belongs to its nearest topics: softmax of cosine / 0.1


def macro(name, *arguments):
    """The SQL of one of the project's macros for DuckDB."""
    files = [file for folder in ("words", "dialect") for file in sorted((MACROS / folder).glob("*.sql"))]
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])

    class Macros:
        def __getattr__(self, name):
            return getattr(module, name)

    class Adapter:
        def dispatch(self, name, _):
            return getattr(module, f"default__{name}")

    environment.globals |= {"recudf": Macros(), "adapter": Adapter(), "return": lambda value: value}
    module = environment.from_string("\n".join(file.read_text(encoding="utf-8") for file in files)).module
    return str(getattr(module, name)(*arguments))


class SameEncoder(BaseEmbedder):
    """Lets KeyBERT embed with the encoder that the SQL functions of this process use."""

    def embed(self, documents, verbose=False):  # noqa: ARG002 (the base class has it)
        texts = [str(text) for text in documents]
        return encoder_for(EncoderSettings()).encode(texts, Meter("embedding", "texts", "off")).matrix


def key_of(keyword):
    """The key of a keyword as keyphrases gives it."""
    return " ".join(sorted(" ".join(word_key(word) for word in keyword.lower().split()).split()))


def keybert(texts, words, count=5, vectors=None):
    """Seconds, and the keys of KeyBERT's keywords of each text, best first.

    vectors: of the texts, where they are there already.
    """
    start = time.perf_counter()
    found = KeyBERT(model=SameEncoder()).extract_keywords(
        texts,
        keyphrase_ngram_range=(1, words),
        stop_words="english",
        top_n=count,
        doc_embeddings=vectors,
    )
    return time.perf_counter() - start, [[key_of(word) for word, _ in row] for row in found]


def embed_keys(connection, ranked, first):
    """Table key_vectors: of each key among the first of an owner, its most frequent phrase, embedded."""
    connection.execute(f"""
        create or replace temp table key_vectors as
        with wanted as (select distinct key from {ranked} where position <= {first}),
        forms as (select key, phrase, count(*) as n from phrases semi join wanted using (key) group by all),
        chosen as (select key, first(phrase order by n desc, phrase) as phrase from forms group by key),
        listed as (select list(key order by key) as keys, list(phrase order by key) as phrases from chosen)
        select unnest(keys) as key, unnest(embed_all(phrases)) as vector from listed""")


def rerank(connection, ranked, first):
    """Table by_score: the first keys of each owner of `vectors` by keyword_score."""
    score = macro("keyword_score", "ranked.value", "key_vectors.vector", "vectors.vector")
    connection.execute(f"""
        create or replace temp table scored as
        select owner_id, key, {score} as value from {ranked} as ranked
        join vectors using (owner_id) join key_vectors using (key) where ranked.position <= {first}""")
    connection.execute(f"create or replace temp table by_score as {macro('whole_phrases', 'scored')}")


def rank_owners(connection, first):
    """Tables valued and by_score of the owners in `counted`, whose vectors are in `vectors`."""
    connection.execute(f"create or replace temp table valued as {macro('class_tf_idf', 'counted')}")
    embed_keys(connection, "valued", first)
    rerank(connection, "valued", first)


def rank_by_topics(connection, topics, first):
    """Seconds of each step for the rows of `texts` (owner_id, text), and rankings of each text's phrases.

    by_own values a phrase by the text's own topic, by_shares by all topics, each by its share in the text,
    by_score re-ranks the latter. Topics are those of cluster_fit.
    """
    seconds = {}

    def make(step, name, query):
        start = time.perf_counter()
        connection.execute(f"create or replace temp table {name} as {query}")
        seconds[step] = seconds.get(step, 0) + time.perf_counter() - start

    make("embed texts", "vectors", "select owner_id, embed(text) as vector from texts")
    make(
        "keyphrases",
        "phrases",
        "select owner_id, unnest(keyphrases(text), recursive := true) from texts",
    )
    params = f'{{"method": "graph", "k": {topics}}}'
    make(
        "cluster_fit",
        "topics",
        f"""
        with i as materialized (select vector_index(owner_id, vector) as handle from vectors),
        fitted as (select unnest(cluster_fit(handle, '{params}'), recursive := true) from i)
        select cluster_id::varchar as topic_id, unnest(members) as owner_id from fitted""",
    )
    make("rank", "held", "select distinct owner_id, key from phrases")
    make(
        "rank",
        "counted",
        """
        select topic_id as owner_id, key, count(*)::double as weight
        from held join topics using (owner_id) group by all""",
    )
    make("rank", "valued", macro("class_tf_idf", "counted"))
    make(
        "rank",
        "memberships",
        f"""
        with centroids as (
            select topic_id, vector_unit(vector_mean(list(vector order by owner_id))) as centroid
            from topics join vectors using (owner_id) group by topic_id
        ),
        cosines as (
            select owner_id, topic_id, list_inner_product(vector::double[], centroid::double[]) as cosine
            from vectors, centroids where vector is not null
        ),
        weighed as (
            select owner_id, topic_id,
                exp((cosine - max(cosine) over (partition by owner_id)) / {MEMBERSHIP}) as weight
            from cosines
        )
        select owner_id, topic_id, weight / sum(weight) over (partition by owner_id) as share from weighed""",
    )
    for name, shares in {"by_own": "(select *, 1 as share from topics)", "by_shares": "memberships"}.items():
        make(
            "rank",
            name,
            f"""
            select *, row_number() over (partition by owner_id order by value desc, key) as position from (
                select held.owner_id, held.key, round(sum(m.share * v.value), 9) as value
                from held join {shares} as m using (owner_id)
                join valued as v on v.owner_id = m.topic_id and v.key = held.key
                group by all)""",
        )
    for step, function in {"embed candidates": embed_keys, "re-rank": rerank}.items():
        start = time.perf_counter()
        function(connection, "by_shares", first)
        seconds[step] = time.perf_counter() - start
    return seconds


def top(connection, table, owners, count):
    """The first keys of each owner."""
    found = {}
    query = f"select owner_id, key from {table} where position <= {count} order by owner_id, position"
    for owner, key in connection.execute(query).fetchall():
        found.setdefault(owner, []).append(key)
    return [found.get(owner, []) for owner in owners]
