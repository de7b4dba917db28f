"""Topics beside LDA and NMF of scikit-learn and BERTopic, in one run: labels found, coherence, stability.

    python benchmarks/topics.py --data ../shared/data [--vectors FOLDER] [--bertopic VENV/bin/python]

Texts of searchsnippets (8 classes) and stackoverflow (20), k as many as classes. Accuracy: of the best
assignment of topics to classes; NMI: normalised mutual information. NPMI: coherence, the mean normalised
pointwise mutual information of the pairs of each topic's ten first words, by the texts that hold both;
diversity: how many of these words differ. Words are ranked by class-based tf-idf for every method that gives
groups (cluster_fit, BERTopic); LDA and NMF have weights of their own.
BERTopic is another program with other pins: it runs in an environment of its own (pip install bertopic), on
the same vectors, with UMAP and k-means of k, and as it comes (HDBSCAN, whose outliers count as wrong).
Stability: NMI of fits of one method with each other, over three seeds, and before and after a tenth of new
texts, on those that both have; ids kept: how many of these have the same number, given `previous`.
--vectors keeps the texts' vectors, so that a second run embeds nothing. --limit: of the texts, the first by
hash. --stability-limit: the same for stability, which fits each method five times.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.metrics import normalized_mutual_info_score as nmi

import recudf
from recudf import Settings
from recudf.vectors import unit

ROOT = Path(__file__).parents[1]
SETS = {"shorttext-searchsnippets": 8, "shorttext-stackoverflow": 20}
BESIDE = 0.25  # of the squared length that words have beside the vectors
FIRST = 10
BERTOPIC = """
import json, sys, time
import numpy as np
from bertopic import BERTopic
from sklearn.cluster import KMeans
folder, k = sys.argv[1], int(sys.argv[2])
texts, vectors = json.load(open(folder + "/texts.json")), np.load(folder + "/vectors.npy")
kmeans = KMeans(k, n_init=10, random_state=0)
for name, options in {"kmeans": {"hdbscan_model": kmeans}, "hdbscan": {"nr_topics": k + 1}}.items():
    start = time.perf_counter(), time.process_time()
    model = BERTopic(calculate_probabilities=False, **options)
    labels, _ = model.fit_transform(texts, vectors)
    spent = time.perf_counter() - start[0], time.process_time() - start[1]
    json.dump([list(map(int, labels)), *spent], open(f"{folder}/{name}.json", "w"))
"""


def accuracy(truth, labels):
    """Share of texts whose class is their topic's, topics assigned one to one; -1 is wrong."""
    both = np.zeros((max(truth.max(), labels.max()) + 1,) * 2)
    told = labels >= 0
    np.add.at(both, (labels[told], truth[told]), 1)
    return both[linear_sum_assignment(-both)].sum() / len(truth)


def timed(function):
    start = time.perf_counter(), time.process_time()
    result = function()
    return (time.perf_counter() - start[0], time.process_time() - start[1]), result


class Corpus:
    """Texts with classes, vectors, and keys of words as lists and as counts [texts, words]."""

    def __init__(self, connection, data, name, limit, kept):
        rows = connection.execute(f"""
            select text, label from '{data}/{name}/texts.parquet'
            order by md5(text_id::varchar) limit {limit}""").fetchall()
        self.connection, self.name, self.texts = connection, name, [row[0] for row in rows]
        self.truth = np.unique([row[1] for row in rows], return_inverse=True)[1]
        self.ids = [f"{i:06d}" for i in range(len(rows))]
        connection.register("corpus", pa.table({"id": self.ids, "text": self.texts}))
        self.vectors = self._vectors(kept)
        listed = connection.execute(
            "select list_transform(keyphrases(text, 1), lambda p: p.key) from corpus order by id"
        ).fetchall()
        self.keys = [keys or [] for (keys,) in listed]
        counter = CountVectorizer(analyzer=lambda keys: keys, min_df=2)
        self.counts = csr_array(counter.fit_transform(self.keys))
        self.words = counter.get_feature_names_out()
        connection.register("keys", pa.table({"id": self.ids, "keys": self.keys}))
        connection.execute("""
            create or replace temp table terms as
            select unnest(lexical_fit(list(text)), recursive := true) from corpus""")
        self.lexical = self._matrix("""
            with fit as materialized (select vector_index(term, vector) as handle from terms)
            select id, embed_lexical(text, handle) as vector from corpus, fit order by id""")

    def _vectors(self, kept):
        path = kept / f"{self.name}-{len(self.texts)}.npy" if kept else None
        if path and path.exists():
            return np.load(path)
        vectors = self._matrix("""
            with listed as (select list(id order by id) as ids, list(text order by id) as texts from corpus),
            embedded as (select ids, embed_all(texts) as vectors from listed)
            select unnest(ids) as id, unnest(vectors) as vector from embedded order by id""")
        if path:
            kept.mkdir(exist_ok=True)
            np.save(path, vectors)
        return vectors

    def _matrix(self, query):
        rows = self.connection.sql(query).to_arrow_table()["vector"].to_pylist()
        dimension = next(len(row) for row in rows if row)
        return np.array([row or [0] * dimension for row in rows], np.float32)

    def clusters(self, vectors, method, k, rows=slice(None), seed=0, previous=None):
        """Labels by cluster_fit, and the centroids."""
        told = vectors[rows].any(axis=1)
        ids = np.array(self.ids)[rows]
        points = list(vectors[rows][told])
        self.connection.register("points", pa.table({"id": ids[told], "vector": points}))
        given = {"method": method, "k": k, "seed": seed}
        before = "select null as previous"
        if previous is not None:
            self.connection.register(
                "earlier", pa.table({"id": list(previous), "vector": list(previous.values())})
            )
            before = "select vector_index(id, vector::float[]) as previous from earlier"
        found = self.connection.execute(
            f"""with i as materialized (select vector_index(id, vector::float[]) as handle from points),
            p as materialized ({before}),
            params as (select json_merge_patch(?, json_object('previous', previous)) as params from p)
            select unnest(cluster_fit(handle, params), recursive := true) from i, params""",
            [json.dumps(given)],
        ).fetchall()
        return self._labels(ids, found), {row[0]: np.array(row[1], np.float32) for row in found}

    def topics(self, method, k, rows=slice(None), seed=0):
        """Labels by topic_fit, and the first words of each topic."""
        ids = np.array(self.ids)[rows]
        self.connection.register("chosen", pa.table({"id": ids}))
        found = self.connection.execute(
            """with listed as (
                select list(id) as ids, list(keys) as terms from keys semi join chosen using (id)
            )
            select unnest(topic_fit(ids, terms, null, ?), max_depth := 2) from listed""",
            [json.dumps({"method": method, "k": k, "seed": seed})],
        ).fetchall()
        return self._labels(ids, found), [[row["term"] for row in topic[4][:FIRST]] for topic in found]

    @staticmethod
    def _labels(ids, found):
        place = {name: row for row, name in enumerate(ids)}
        labels = np.full(len(ids), -1)
        for row in found:
            labels[[place[name] for name in row[3]]] = row[0]
        return labels

    def first_words(self, labels):
        """Of each topic, by class-based tf-idf (BERTopic's equation 2)."""
        topics = np.unique(labels[labels >= 0])
        sums = np.stack([self.counts[np.flatnonzero(labels == topic)].sum(axis=0) for topic in topics])
        values = (
            sums / sums.sum(axis=1, keepdims=True) * np.log(1 + sums.sum() / len(topics) / sums.sum(axis=0))
        )
        return [[self.words[t] for t in np.argsort(-row, kind="stable")[:FIRST]] for row in values]

    def coherence(self, topics):
        """Mean NPMI of pairs (Bouma 2009; -1 where no text has both), and the share of words that differ."""
        place = {word: column for column, word in enumerate(self.words)}
        columns = sorted({place[word] for words in topics for word in words})
        held = self.counts[:, columns] > 0
        n = held.shape[0]
        both = (held.T.astype(float) @ held.astype(float)).toarray() / n
        at = {column: row for row, column in enumerate(columns)}
        scores = []
        for words in topics:
            rows = [at[place[word]] for word in words]
            for i, a in enumerate(rows):
                for b in rows[:i]:
                    p = both[a, b]
                    scores.append(np.log(p / (both[a, a] * both[b, b])) / -np.log(p) if 0 < p < 1 else -1.0)
        named = [word for words in topics for word in words]
        return float(np.mean(scores)), len(set(named)) / len(named)

    def row(self, name, spent, labels, words=None):
        wall, cpu = spent
        npmi, diversity = self.coherence(words or self.first_words(labels))
        return (
            f"| {name} | {accuracy(self.truth, labels):.3f} | {nmi(self.truth, labels):.3f} | {npmi:+.3f} "
            f"| {diversity:.2f} | {cpu:.0f} | {wall:.0f} |"
        )


def found(corpus, k, bertopic):
    """A table of methods."""
    yield "| topics | accuracy | NMI | NPMI | diversity | CPU seconds | seconds |"
    yield "|---|---|---|---|---|---|---|"
    beside = np.hstack([np.sqrt(1 - BESIDE) * unit(corpus.vectors), np.sqrt(BESIDE) * corpus.lexical])
    for name, vectors, method in (
        ("cluster_fit graph", corpus.vectors, "graph"),
        ("cluster_fit graph, lexical vectors beside", beside, "graph"),
        ("cluster_fit graph, lexical vectors alone", corpus.lexical, "graph"),
        ("cluster_fit spherical", corpus.vectors, "spherical"),
    ):
        spent, (labels, _) = timed(lambda v=vectors, m=method: corpus.clusters(v, m, k))
        yield corpus.row(name, spent, labels)
    for method in ("nmf", "lda"):
        spent, (labels, words) = timed(lambda m=method: corpus.topics(m, k))
        yield corpus.row(f"topic_fit {method}", spent, labels, words)
    tf_idf = TfidfTransformer().fit_transform(corpus.counts)
    for name, model, rows in (
        ("scikit-learn NMF", NMF(k, init="nndsvda", random_state=0, max_iter=400), tf_idf),
        ("scikit-learn LDA", LatentDirichletAllocation(k, random_state=0, max_iter=20), corpus.counts),
    ):
        spent, shares = timed(lambda m=model, r=rows: m.fit_transform(r))
        words = [[corpus.words[t] for t in np.argsort(-row)[:FIRST]] for row in model.components_]
        yield corpus.row(name, spent, shares.argmax(axis=1), words)
    if bertopic:
        yield from _bertopic(corpus, k, bertopic)


def _bertopic(corpus, k, python):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "texts.json").write_text(json.dumps(corpus.texts))
        np.save(f"{folder}/vectors.npy", corpus.vectors)
        subprocess.run([python, "-c", BERTOPIC, folder, str(k)], check=True)
        for kind, name in {"kmeans": "BERTopic, UMAP and k-means", "hdbscan": "BERTopic as it comes"}.items():
            labels, wall, cpu = json.loads(Path(folder, f"{kind}.json").read_text())
            yield corpus.row(name, (wall, cpu), np.array(labels))


def stability(corpus, k, n):
    """NMI of fits of one method with each other, on the first n texts."""
    every = np.arange(n)
    first = np.sort(np.random.default_rng(0).permutation(n)[: int(n / 1.1)])
    yield f"\nThe first {n:,} texts:\n"
    yield "| stability | over three seeds, NMI | after 10 % new texts, NMI | ids kept |\n|---|---|---|---|"
    for method in ("graph", "spherical"):
        runs = [corpus.clusters(corpus.vectors, method, k, every, seed)[0] for seed in range(3)]
        before, centroids = corpus.clusters(corpus.vectors, method, k, first)
        after = corpus.clusters(corpus.vectors, method, k, every, previous=centroids)[0][first]
        same = (before == after).mean()
        yield f"| cluster_fit {method} | {_agreement(runs)} | {nmi(before, after):.3f} | {same:.3f} |"
    for method in ("nmf", "lda"):
        runs = [corpus.topics(method, k, every, seed)[0] for seed in range(3)]
        before, after = corpus.topics(method, k, first)[0], runs[0][first]
        yield f"| topic_fit {method} | {_agreement(runs)} | {nmi(before, after):.3f} | |"


def _agreement(runs):
    return f"{np.mean([nmi(runs[a], runs[b]) for a, b in ((0, 1), (0, 2), (1, 2))]):.3f}"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--limit", type=int, default=100_000)
    parser.add_argument("--stability-limit", type=int, default=5_000)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--bertopic", help="Python of an environment that has it")
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "topics.md")
    options = parser.parse_args()
    lines = [
        "# Topics\n",
        "Made by `python benchmarks/topics.py`; its docstring says what the columns are.\n",
    ]
    connection = recudf.connect(settings=Settings(progress="off"))
    for name in options.sets:
        corpus = Corpus(connection, options.data, name, options.limit, options.vectors)
        k = SETS[name]
        lines.append(f"\n## {name.removeprefix('shorttext-')}: {len(corpus.texts):,} texts, {k} classes\n")
        for section in (
            found(corpus, k, options.bertopic),
            stability(corpus, k, min(options.stability_limit, len(corpus.texts))),
        ):
            for line in section:
                print(line, flush=True)
                lines.append(line)
                options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
