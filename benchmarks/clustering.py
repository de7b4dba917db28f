"""Clustering beside scikit-learn and FAISS, in one run: seconds, inertia, planted groups found, ids kept.

python benchmarks/clustering.py [--rows 100000] [--out benchmarks/results/clustering.md]
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

import recudf
from recudf.clustering.choose import choose_k_for_kmeans
from recudf.clustering.fit import fit_clusters
from recudf.clustering.kmeans import fit_kmeans
from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Points
from recudf.clustering.stable import Earlier

DIMENSION = 384


def planted(groups, rows, noise, seed=0):
    """Random unit centres in 384 dimensions plus noise of that length: matrix and group of each row."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(groups, DIMENSION)).astype(np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    truth = rng.integers(groups, size=rows)
    deviations = rng.standard_normal((rows, DIMENSION), dtype=np.float32)
    return centres[truth] + np.float32(noise / DIMENSION**0.5) * deviations, truth


def timed(function):
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def inertia(matrix, centroids):
    return float(Points.of(matrix).nearest(np.asarray(centroids, np.float32))[1].sum())


def speed(rows, noises, k=50):
    yield f"## k-means, {rows:,} x {DIMENSION}, k = {k}, one run side by side\n"
    yield "| noise | what | seconds | of scikit-learn's | inertia | of scikit-learn's |"
    yield "|---|---|---|---|---|---|"
    for noise in noises:
        matrix, _ = planted(k, rows, noise)
        base, theirs = timed(lambda m=matrix: KMeans(k, n_init=1, random_state=0).fit(m))
        least = inertia(matrix, theirs.cluster_centers_)

        def row(name, seconds, centroids, noise=noise, matrix=matrix, base=base, least=least):
            sum_ = inertia(matrix, centroids)
            ratios = seconds / base, sum_ / least
            return f"| {noise} | {name} | {seconds:.2f} | {ratios[0]:.2f} | {sum_:,.0f} | {ratios[1]:.4f} |"

        yield row(f"scikit-learn KMeans, {theirs.n_iter_} rounds", base, theirs.cluster_centers_)
        seconds, ours = timed(lambda m=matrix: fit_kmeans(Points.of(m), k, ClusterParams()))
        yield row(f"fit_kmeans, {ours.rounds} rounds", seconds, ours.centroids)
        yield row("cluster_fit from SQL", *from_sql(matrix, k))
        if (found := with_faiss(matrix, k)) is not None:
            yield row("FAISS Kmeans, 20 rounds", *found)


def from_sql(matrix, k):
    """Seconds of cluster_fit on an index that is there, and its centroids."""
    flat = pa.array(np.ascontiguousarray(matrix).reshape(-1))
    vectors = pa.FixedSizeListArray.from_arrays(flat, DIMENSION)
    with recudf.connect() as connection:
        connection.register("points", pa.table({"id": np.arange(len(matrix)), "vector": vectors}))
        connection.execute("create temp table i as select vector_index(id, vector) as handle from points")
        query = f"""
            select unnest(list_transform(cluster_fit(handle, '{{"k": {k}}}'), lambda c: c.centroid)) from i"""
        seconds, rows = timed(lambda: connection.execute(query).fetchall())
    return seconds, [centroid for (centroid,) in rows]


def with_faiss(matrix, k):
    try:
        import faiss
    except ImportError:
        return None
    model = faiss.Kmeans(DIMENSION, k, niter=20, seed=1)
    seconds, _ = timed(lambda: model.train(matrix))
    return seconds, model.centroids


def recovery(rows=3000):
    yield f"\n## Planted groups, {rows:,} x {DIMENSION}: adjusted Rand index, and the k chosen\n"
    yield "| noise | groups | kmeans | scikit-learn | spherical | agglomerative | k auto |"
    yield "|---|---|---|---|---|---|---|"
    for noise in (0.5, 1, 2, 3, 4):
        for groups in (5, 12):
            matrix, truth = planted(groups, rows, noise)
            scores = [
                score(matrix, truth, method, groups) for method in ("kmeans", "spherical", "agglomerative")
            ]
            peer = KMeans(groups, n_init=4, random_state=0).fit(matrix).labels_
            scores.insert(1, adjusted_rand_score(truth, peer))
            auto = choose_k_for_kmeans(Points.of(matrix), ClusterParams(k_max=25))
            yield f"| {noise} | {groups} | " + " | ".join(f"{s:.2f}" for s in scores) + f" | {auto} |"


def score(matrix, truth, method, k):
    return adjusted_rand_score(
        truth, labels(fit_clusters(matrix, ClusterParams(method=method, k=k)), len(matrix))
    )


def labels(clusters, rows):
    result = np.full(rows, -1)
    for cluster in clusters:
        result[cluster.members] = cluster.cluster_id
    return result


def stability(rows=5000, groups=12):
    yield f"\n## Share of ids that stay after 5 % new points, {rows:,} x {DIMENSION}, {groups} groups\n"
    yield "| noise | method | with previous | without |"
    yield "|---|---|---|---|"
    more = rows + rows // 20
    for noise in (0.5, 1, 2, 3):
        matrix, _ = planted(groups, more, noise)
        for method in ("kmeans", "spherical"):
            params = ClusterParams(method=method, k=groups)
            before = fit_clusters(matrix[:rows], params)
            earlier = Earlier.of([str(c.cluster_id) for c in before], np.stack([c.centroid for c in before]))
            shares = [
                (labels(before, rows) == labels(fit_clusters(matrix, params, known), more)[:rows]).mean()
                for known in (earlier, None)
            ]
            yield f"| {noise} | {method} | {shares[0]:.1%} | {shares[1]:.1%} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "clustering.md")
    options = parser.parse_args()
    lines = [
        "# Clustering\n",
        "Made by `python benchmarks/clustering.py`. Noise is its length beside centres of length 1.\n",
    ]
    for section in (speed(options.rows, (1, 4)), recovery(), stability()):
        for line in section:
            print(line, flush=True)
            lines.append(line)
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
