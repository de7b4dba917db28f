"""Classes of labelled texts found by cluster_fit, five seeds, with words beside the vectors or without.

    python benchmarks/short_texts.py [--data ../shared/data] [--vectors FOLDER] [--sets NAME ...] [--only ...]

searchsnippets and stackoverflow: the vectors of the bundled encoder; beside them, with a quarter of the
squared length, what the lexical encoder says (character n-grams), or tf-idf of words in 200 dimensions
(truncated SVD). shopping-zh, which the bundled encoder does not read: the vectors of the lexical encoder,
fitted on 20,000 of the reviews. Beside k-means of scikit-learn (10 restarts) on the same vectors. k is the
number of classes. Seconds are the mean of the fits, on a machine that may be busy. --limit: of the texts, the
first by hash. --only: of the rows (`graph`, `graph, words beside`, `KMeans` ...).
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import normalized_mutual_info_score as nmi

import recudf
from recudf import Settings
from recudf.vectors import unit
from topics import BESIDE, ROOT, SETS, Corpus, accuracy

SEEDS = range(5)
CHINESE = "shopping-zh"
PEER = "KMeans"


class Reviews(Corpus):
    """Texts with classes and the vectors of the lexical encoder alone."""

    def __init__(self, connection, data, name, limit):
        rows = connection.execute(f"""
            select text, label from '{data}/{name}/texts.parquet' where text is not null
            order by md5(text_id::varchar) limit {limit}""").fetchall()
        self.connection, self.name, self.texts = connection, name, [row[0] for row in rows]
        self.truth = np.unique([row[1] for row in rows], return_inverse=True)[1]
        self.ids = [f"{i:06d}" for i in range(len(rows))]
        connection.register("corpus", pa.table({"id": self.ids, "text": self.texts}))
        connection.execute("""
            create or replace temp table terms as
            select unnest(lexical_fit(list(text order by id)), recursive := true)
            from (from corpus order by id limit 20000)""")
        self.vectors = self._matrix("""
            with fit as materialized (select vector_index(term, vector) as handle from terms)
            select id, embed_lexical(text, handle) as vector from corpus, fit order by id""")


def beside(vectors, words):
    return np.hstack([np.sqrt(1 - BESIDE) * unit(vectors), np.sqrt(BESIDE) * unit(words)])


def words_of(corpus):
    """Texts as tf-idf of their words in 200 dimensions, of length 1."""
    tf_idf = TfidfTransformer(sublinear_tf=True).fit_transform(corpus.counts)
    return unit(TruncatedSVD(200, random_state=0).fit_transform(tf_idf).astype(np.float32))


def variants(corpus):
    """What is clustered, and how, by name."""
    found = {name: (corpus.vectors, name) for name in ("graph", "spherical", "kmeans")}
    if isinstance(corpus, Reviews):
        return found
    return found | {
        "graph, lexical vectors beside": (beside(corpus.vectors, corpus.lexical), "graph"),
        "graph, words beside": (beside(corpus.vectors, words_of(corpus)), "graph"),
    }


def rows(corpus, only):
    k = int(corpus.truth.max() + 1)
    fits = {
        f"cluster_fit {name}": lambda seed, v=vectors, m=method: corpus.clusters(v, m, k, seed=seed)[0]
        for name, (vectors, method) in variants(corpus).items()
        if not only or name in only
    }
    if not only or PEER in only:
        fits["scikit-learn KMeans"] = lambda seed: KMeans(k, n_init=10, random_state=seed).fit_predict(
            corpus.vectors
        )
    for name, fit in fits.items():
        started = time.perf_counter()
        labels = [fit(seed) for seed in SEEDS]
        seconds = (time.perf_counter() - started) / len(SEEDS)
        yield name, np.array([(accuracy(corpus.truth, of), nmi(corpus.truth, of)) for of in labels]), seconds


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--limit", type=int, default=100_000)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--sets", nargs="*", default=[*SETS, CHINESE])
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "short_texts.md")
    options = parser.parse_args()
    lines = [
        "# Classes of texts, the mean of five seeds",
        "",
        "Made by `python benchmarks/short_texts.py`; its docstring says how. In brackets: least and largest.",
    ]
    connection = recudf.connect(settings=Settings(progress="off"))
    for name in options.sets:
        if name == CHINESE:
            corpus = Reviews(connection, options.data, name, options.limit)
        else:
            corpus = Corpus(connection, options.data, name, options.limit, options.vectors)
        lines += ["", f"## {name.removeprefix('shorttext-')}: {len(corpus.texts):,} texts", ""]
        lines += ["| what | accuracy | NMI | seconds |", "|---|---|---|---|"]
        for what, found, seconds in rows(corpus, options.only):
            score, mutual = found.T
            spread = f"{score.mean():.3f} [{score.min():.3f}, {score.max():.3f}]"
            lines.append(f"| {what} | {spread} | {mutual.mean():.3f} | {seconds:.0f} |")
            print(lines[-1], flush=True)
            options.out.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
