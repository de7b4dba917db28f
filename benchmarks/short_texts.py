"""Classes of labelled texts found by cluster_fit, five seeds, with words beside the vectors or without.

    python benchmarks/short_texts.py [--data ../shared/data] [--vectors FOLDER] [--sets NAME ...]

searchsnippets and stackoverflow: the vectors of the bundled encoder; beside them, with a quarter of the
squared length, what the lexical encoder says (character n-grams), or tf-idf of words in 200 dimensions
(truncated SVD). Beside k-means of scikit-learn (10 restarts). k is the number of classes. Seconds are the
mean of the fits, on a machine that may be busy.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import normalized_mutual_info_score as nmi

import recudf
from recudf import Settings
from recudf.vectors import unit
from topics import BESIDE, ROOT, SETS, Corpus, accuracy

SEEDS = range(5)


def beside(vectors, words):
    return np.hstack([np.sqrt(1 - BESIDE) * unit(vectors), np.sqrt(BESIDE) * unit(words)])


def words_of(corpus):
    """Texts as tf-idf of their words in 200 dimensions, of length 1."""
    tf_idf = TfidfTransformer(sublinear_tf=True).fit_transform(corpus.counts)
    return unit(TruncatedSVD(200, random_state=0).fit_transform(tf_idf).astype(np.float32))


def variants(corpus):
    return {
        "graph": (corpus.vectors, "graph"),
        "graph, lexical vectors beside": (beside(corpus.vectors, corpus.lexical), "graph"),
        "graph, words beside": (beside(corpus.vectors, words_of(corpus)), "graph"),
        "spherical": (corpus.vectors, "spherical"),
    }


def rows(corpus):
    k = corpus.truth.max() + 1
    for name, (vectors, method) in variants(corpus).items():
        runs, started = [], time.perf_counter()
        for seed in SEEDS:
            labels, _ = corpus.clusters(vectors, method, int(k), seed=seed)
            runs.append((accuracy(corpus.truth, labels), nmi(corpus.truth, labels)))
        yield f"cluster_fit {name}", np.array(runs), (time.perf_counter() - started) / len(SEEDS)
    runs, started = [], time.perf_counter()
    for seed in SEEDS:
        labels = KMeans(int(k), n_init=10, random_state=seed).fit_predict(corpus.vectors)
        runs.append((accuracy(corpus.truth, labels), nmi(corpus.truth, labels)))
    yield "scikit-learn KMeans", np.array(runs), (time.perf_counter() - started) / len(SEEDS)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--limit", type=int, default=100_000)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "short_texts.md")
    options = parser.parse_args()
    lines = [
        "# Classes of texts, the mean of five seeds",
        "",
        "Made by `python benchmarks/short_texts.py`; its docstring says how. In brackets: least and largest.",
    ]
    connection = recudf.connect(settings=Settings(progress="off"))
    for name in options.sets:
        corpus = Corpus(connection, options.data, name, options.limit, options.vectors)
        lines += ["", f"## {name.removeprefix('shorttext-')}: {len(corpus.texts):,} texts", ""]
        lines += ["| what | accuracy | NMI | seconds |", "|---|---|---|---|"]
        for what, found, seconds in rows(corpus):
            score, mutual = found.T
            spread = f"{score.mean():.3f} [{score.min():.3f}, {score.max():.3f}]"
            lines.append(f"| {what} | {spread} | {mutual.mean():.3f} | {seconds:.0f} |")
            print(lines[-1], flush=True)
            options.out.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
