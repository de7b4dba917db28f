"""A fit from index to clusters: which method runs, and what is told of each cluster."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from recudf.clustering.choose import choose_k_for_kmeans
from recudf.clustering.density import fit_dbscan, fit_hdbscan
from recudf.clustering.graph import join_neighbours, rows_to_fit, smooth
from recudf.clustering.hierarchy import fit_agglomerative
from recudf.clustering.kmeans import fit_kmeans
from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Floats, Labels, Points
from recudf.clustering.stable import Earlier, number_clusters
from recudf.clustering.strength import choose_stable_k
from recudf.search import get_index
from recudf.vectors import Matrix, norms, require_dimension, scatter, unit, valid_mask

EXEMPLARS = 5

CLUSTER = pa.struct(
    [
        ("cluster_id", pa.int32()),
        ("centroid", pa.list_(pa.float32())),
        ("size", pa.int64()),
        ("members", pa.list_(pa.string())),
        ("cohesion", pa.float64()),
        ("exemplars", pa.list_(pa.string())),
    ]
)
CLUSTERS = pa.list_(CLUSTER)


@dataclass(frozen=True)
class Cluster:
    """One cluster. members: row numbers, ascending. exemplars: up to five of them, the nearest first."""

    cluster_id: int
    centroid: Matrix
    members: Labels
    cohesion: float
    exemplars: Labels


def cluster_fit(handles: pa.Array, params: pa.Array) -> pa.Array:
    """Per row, the clusters of an index as list<struct> (CLUSTERS), by cluster id; NULL for a NULL handle.

    handles: string [n], of vector_index. params: string [n], JSON as ClusterParams.parse takes it.
    Equal rows are fitted once. All points noise: an empty list.
    Raises UnknownHandleError, ParameterError, VectorError where `previous` has another dimension.
    """
    valid = valid_mask(handles)
    calls = list(zip(handles.filter(valid).to_pylist(), params.filter(valid).to_pylist(), strict=True))
    distinct = {call: row for row, call in enumerate(dict.fromkeys(calls))}
    fitted = [_fit_handle(handle, ClusterParams.parse(text)) for handle, text in distinct]
    results = pa.array(fitted, CLUSTERS)
    return scatter(results.take(pa.array([distinct[call] for call in calls], pa.int64())), valid)


def fit_clusters(matrix: Matrix, params: ClusterParams, earlier: Earlier | None = None) -> list[Cluster]:
    """The clusters of the rows of a float32 matrix [n, d], n >= 1, in order of cluster id.

    Without earlier centroids ids run from params.first_new_id by decreasing size, ties by the smallest row.
    Noise points of dbscan and hdbscan are in no cluster.
    """
    directions = params.method != "kmeans"
    points = Points.of(unit(matrix) if directions else matrix, centre=params.method != "spherical")
    if directions and earlier is not None:
        earlier = replace(earlier, centroids=unit(earlier.centroids))
    labels, centroids = _run(points, params, earlier)
    groups = _by_size(labels)
    if centroids is None:
        centroids = _means(points, groups)
    else:
        centroids = centroids[[labels[group[0]] for group in groups]]
    ids = number_clusters(unit(centroids) if directions else centroids, earlier, params.first_new_id)
    clusters = [
        _describe(int(ids[i]), centroids[i], group, points.matrix[group]) for i, group in enumerate(groups)
    ]
    return sorted(clusters, key=lambda cluster: cluster.cluster_id)


def _run(points: Points, params: ClusterParams, earlier: Earlier | None) -> tuple[Labels, Matrix | None]:
    """Labels [n], -1 for noise, and the centroids by label where the method has them."""
    earlier_k = len(earlier.ids) if earlier else None
    if params.method == "agglomerative":
        return fit_agglomerative(points, params, earlier_k), None
    if params.method == "dbscan":
        return fit_dbscan(points, params), None
    if params.method == "hdbscan":
        return fit_hdbscan(points, params), None
    if params.method == "graph":
        return _fit_graph(points, params, earlier), None
    k = _count(points, params, earlier_k)
    fit = fit_kmeans(points, k, params, earlier.centroids if earlier else None)
    return fit.labels, fit.centroids


def _fit_graph(points: Points, params: ClusterParams, earlier: Earlier | None) -> Labels:
    """k-means of the smoothed points, from where those nearest to the earlier centroids lie."""
    rows = rows_to_fit(len(points), params.seed)
    chosen = points.take(rows)
    smoothed = Points.of(smooth(chosen.matrix, params))
    start = None
    if earlier is not None and len(earlier.ids):
        labels, _ = chosen.nearest(earlier.centroids)
        start = _means(smoothed, [np.flatnonzero(labels == label) for label in np.unique(labels)])
    earlier_k = len(start) if start is not None else None
    k = _count(smoothed, params, earlier_k)
    fit = fit_kmeans(smoothed, k, params, start)
    return join_neighbours(points.matrix, rows, fit.labels, params.neighbors)


def _count(points: Points, params: ClusterParams, earlier_k: int | None) -> int:
    """How many clusters k-means shall find."""
    if params.k == "stable":
        return choose_stable_k(points, params, earlier_k)
    return choose_k_for_kmeans(points, params, earlier_k) if params.k == "auto" else params.k


def _by_size(labels: Labels) -> list[Labels]:
    """The row numbers of each cluster, larger clusters first, ties by the smallest row number."""
    order = np.argsort(labels, kind="stable")
    order = order[np.searchsorted(labels[order], 0) :]
    _, starts = np.unique(labels[order], return_index=True)
    groups = np.split(order, starts[1:]) if len(order) else []
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def _means(points: Points, groups: list[Labels]) -> Matrix:
    means = [points.matrix[group].mean(axis=0, dtype=np.float64) for group in groups]
    return np.array(means, np.float32).reshape(len(groups), points.matrix.shape[1])


def _describe(cluster_id: int, centroid: Matrix, members: Labels, rows: Matrix) -> Cluster:
    difference = rows - centroid
    squared: Floats = np.einsum("ij,ij->i", difference, difference, dtype=np.float64, casting="safe")
    length = norms(centroid[None])[0]
    products = norms(rows) * length
    dots = rows.astype(np.float64) @ centroid.astype(np.float64)
    cosines = np.divide(dots, products, out=np.zeros_like(products), where=products > 0)
    nearest = members[np.argsort(squared, kind="stable")[:EXEMPLARS]]
    return Cluster(cluster_id, centroid, members, float(np.clip(cosines.mean(), -1, 1)), nearest)


def _fit_handle(handle: str, params: ClusterParams) -> list[dict[str, object]]:
    index = get_index(handle)
    earlier = None
    if params.previous is not None:
        previous = get_index(params.previous)
        require_dimension(previous.matrix.shape[1], index.matrix.shape[1], "previous", "the index")
        earlier = Earlier.of(previous.ids.to_pylist(), previous.matrix)
    return [
        {
            "cluster_id": cluster.cluster_id,
            "centroid": cluster.centroid,
            "size": len(cluster.members),
            "members": index.ids.take(pa.array(cluster.members)).to_pylist(),
            "cohesion": cluster.cohesion,
            "exemplars": index.ids.take(pa.array(cluster.exemplars)).to_pylist(),
        }
        for cluster in fit_clusters(index.matrix, params, earlier)
    ]
