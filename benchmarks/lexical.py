"""The lexical encoder beside tf-idf with an SVD and the bundled encoder: categories found, polarity, seconds.

    python benchmarks/lexical.py ../shared/data/shopping-zh        # also written to benchmarks/results/

Texts with a category (label) and a polarity (sentiment). Categories by cluster_fit with their true number,
its defaults otherwise: accuracy (of the best assignment of clusters to categories) and normalised mutual
information. Polarity by a logistic regression over the vectors, 5 folds. Fits read the 20,000 texts with the
smallest hashes. The bundled encoder, slow without a gpu, reads a part of them; all are shown on that, too.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import click
import duckdb
import numpy as np
import pyarrow as pa
from scipy.optimize import linear_sum_assignment
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import normalized_mutual_info_score
from sklearn.model_selection import StratifiedKFold, cross_val_score

import recudf
from recudf.vectors import unit

RESULTS = Path(__file__).parent / "results"
FITTED_ON = 20_000


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--part", default=5_000, show_default=True, help="Texts that the bundled encoder reads, too.")
@click.option("--graph/--no-graph", default=True, help="Whether all texts are also grouped by method graph.")
def main(folder: Path, part: int, graph: bool) -> None:
    rows = duckdb.sql(f"select text, label, sentiment from '{folder}/texts.parquet' where trim(text) != ''")
    # by hash, so that any beginning of the list is a sample
    table = sorted(set(rows.fetchall()), key=lambda row: hashlib.sha256(row[0].encode()).hexdigest())
    texts, labels, polarity = (list(column) for column in zip(*table, strict=True))
    lines = [f"# The lexical encoder on {folder.name}", "", "Made by `python benchmarks/lexical.py`.", ""]
    head = [
        "| vectors | seconds | kmeans accuracy / NMI | graph accuracy / NMI | polarity |",
        "|---|---|---|---|---|",
    ]
    lines += [f"## All {len(texts):,} texts", "", *head]
    for name, make in {"lexical": lexical, "tf-idf, SVD": tf_idf}.items():
        lines.append(row(name, make, texts, labels, polarity, graph))
        click.echo(lines[-1])
    lines += ["", f"## {part:,} of them", "", *head]
    for name, make in {"lexical": lexical, "tf-idf, SVD": tf_idf, "bundled encoder": bundled}.items():
        lines.append(row(name, make, texts[:part], labels[:part], polarity[:part], True))
        click.echo(lines[-1])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "lexical.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def row(name, make, texts, labels, polarity, graph):
    start = time.perf_counter()
    vectors = make(texts)
    seconds = time.perf_counter() - start
    told = vectors.any(axis=1)  # the few texts in which nothing is known have no vector
    found = [clusters(vectors[told], np.array(labels)[told], m) for m in ("kmeans", "graph")[: 1 + graph]]
    shown = [f"{accuracy:.3f} / {nmi:.3f}" for accuracy, nmi in found] + [""] * (not graph)
    head = LogisticRegression(C=10, max_iter=500)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    score = cross_val_score(head, vectors, polarity, cv=folds).mean()
    return f"| {name} | {seconds:.0f} | {' | '.join(shown)} | {score:.3f} |"


def lexical(texts):
    """Fit and vectors, from SQL."""
    with recudf.connect() as connection:
        connection.register("fitted", pa.table({"text": texts[:FITTED_ON]}))
        connection.register("texts", pa.table({"n": np.arange(len(texts)), "text": texts}))
        connection.execute(
            "create temp table terms as select unnest(lexical_fit(list(text)), recursive := true) from fitted"
        )
        found = connection.sql("""
            with fit as materialized (select vector_index(term, vector) as handle from terms),
            embedded as (select n, embed_lexical(text, handle) as vector from texts, fit)
            select n, vector from embedded where vector is not null""").to_arrow_table()
    return matrix(found, len(texts))


def tf_idf(texts):
    counts = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=3, sublinear_tf=True)
    svd = TruncatedSVD(384, random_state=0)
    svd.fit(counts.fit_transform(texts[:FITTED_ON]))
    return unit(svd.transform(counts.transform(texts)).astype(np.float32))


def bundled(texts):
    with recudf.connect() as connection:
        connection.register("texts", pa.table({"n": np.arange(len(texts)), "text": texts}))
        found = connection.sql("""
            with embedded as (select list(n) as ns, embed_all(list(text)) as vectors from texts)
            select unnest(ns) as n, unnest(vectors) as vector from embedded""").to_arrow_table()
    return matrix(found, len(texts))


def matrix(found, n):
    """Vectors by number; zero where a text has none."""
    rows = found["vector"].combine_chunks()
    vectors = np.zeros((n, len(rows[0])), np.float32)
    vectors[found["n"].to_numpy()] = rows.flatten().to_numpy().reshape(len(rows), -1)
    return vectors


def clusters(vectors, labels, method):
    """Accuracy and NMI of cluster_fit with the true number of labels."""
    names, truth = np.unique(labels, return_inverse=True)
    points = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
    with recudf.connect() as connection:
        connection.register("points", pa.table({"id": np.arange(len(vectors)), "vector": points}))
        rows = connection.execute(
            """with i as materialized (select vector_index(id, vector) as handle from points),
            fitted as (select unnest(cluster_fit(handle, ?), recursive := true) from i)
            select cluster_id, unnest(members)::bigint as id from fitted""",
            [json.dumps({"method": method, "k": len(names)})],
        ).fetchnumpy()
    found = np.empty(len(truth), np.int64)
    found[rows["id"]] = rows["cluster_id"]
    both = np.zeros((len(names), len(names)))
    np.add.at(both, (found, truth), 1)
    assigned = linear_sum_assignment(-both)
    return both[assigned].sum() / len(truth), normalized_mutual_info_score(truth, found)


if __name__ == "__main__":
    main()
