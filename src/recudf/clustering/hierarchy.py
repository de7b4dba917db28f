"""Agglomerative clustering with average linkage on cosine distance (UPGMA, Sokal and Michener 1958)."""

from __future__ import annotations

import numpy as np

from recudf.clustering.choose import choose_k
from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Floats, Labels, Points
from recudf.errors import InputError
from recudf.vectors import Matrix

MAX_POINTS = 20_000  # n(n-1)/2 distances of 8 bytes: 1.6 GB


def fit_agglomerative(points: Points, params: ClusterParams, earlier: int | None = None) -> Labels:
    """Labels [n] of points of unit length: the tree cut at k clusters or at max_distance.

    earlier: the number of clusters of an earlier fit, for k "auto".
    Raises InputError beyond MAX_POINTS points: all their distances are held in memory.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(points) > MAX_POINTS:
        raise InputError(
            f"agglomerative takes {MAX_POINTS} vectors, there are {len(points)}: use kmeans or spherical"
        )
    if len(points) == 1:
        return np.zeros(1, np.intp)
    tree = linkage(_cosine_distances(points.matrix), "average")
    if params.max_distance is not None:
        return np.asarray(fcluster(tree, params.max_distance, "distance") - 1, np.intp)

    def cut(k: int) -> Labels:
        return np.asarray(fcluster(tree, k, "maxclust") - 1, np.intp)

    return cut(params.k if isinstance(params.k, int) else choose_k(points, params, cut, earlier))


def _cosine_distances(unit_rows: Matrix) -> Floats:
    """The upper triangle of 1 - cosine, row by row, as scipy's linkage takes it: float64 [n (n - 1) / 2]."""
    n, block = len(unit_rows), 1024
    condensed = np.empty(n * (n - 1) // 2)
    end = 0
    for start in range(0, n, block):
        similarity = unit_rows[start : start + block] @ unit_rows[start:].T
        for row in range(len(similarity)):
            begin, end = end, end + n - 1 - start - row
            np.subtract(1, similarity[row, row + 1 :], out=condensed[begin:end])
    return np.maximum(condensed, 0, out=condensed)
