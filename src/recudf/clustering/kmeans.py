"""k-means (Lloyd 1982) and spherical k-means (Dhillon and Modha 2001).

Seeds are tried on a sample of 256 rows per centroid; the best of them, brought to convergence there, starts
the rounds on all rows, which then are few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Floats, Labels, Points
from recudf.clustering.seeding import greedy_seeds
from recudf.vectors import Matrix

SAMPLE_PER_CENTROID = 256  # beyond that, the seeds hardly improve


@dataclass(frozen=True)
class KMeans:
    """A fit: every point belongs to the nearest of the centroids, and no centroid is without points.

    centroids: float32 [k, d]. labels: row numbers of centroids [n]. inertia: sum of squared distances.
    rounds: of Lloyd, on all rows.
    """

    centroids: Matrix
    labels: Labels
    inertia: float
    rounds: int


def fit_kmeans(points: Points, k: int, params: ClusterParams, earlier: Matrix | None = None) -> KMeans:
    """k-means of the points; spherical if params.method says so, then the points have unit length.

    earlier: float32 [m, d], centroids to start from instead of seeds; those with the most points where m > k,
    and seeds besides where m < k. Fewer than k clusters come back where there are fewer distinct points.
    """
    k = min(k, len(points))
    rng = np.random.default_rng(params.seed)
    size = SAMPLE_PER_CENTROID * k
    sample = points
    if size < len(points):
        sample = points.take(np.sort(rng.choice(len(points), size, replace=False)))
    if earlier is not None and len(earlier):
        start = _most_used(points, earlier, k)
        if len(start) < k:
            start = greedy_seeds(sample, k, rng, start)
        return _lloyd(points, start, params)
    fits = [_lloyd(sample, greedy_seeds(sample, k, rng), params) for _ in range(params.seedings)]
    best = min(fits, key=lambda fit: (-len(fit.centroids), fit.inertia))
    return best if sample is points else _lloyd(points, best.centroids, params)


def _lloyd(points: Points, centroids: Matrix, params: ClusterParams) -> KMeans:
    """Rounds of assignment and update until labels stay, centroids hardly move, or the rounds are used up."""
    limit = params.tolerance * float(points.squares.mean()) / points.matrix.shape[1]
    labels, squared = points.nearest(centroids)
    rounds = 0
    while rounds < params.max_iterations:
        rounds += 1
        centroids, shift = _update(points, centroids, labels, squared, params.method == "spherical")
        before = labels
        labels, squared = points.nearest(centroids)
        if shift <= limit or np.array_equal(before, labels):
            break
    used, labels = np.unique(labels, return_inverse=True)
    return KMeans(centroids[used], labels, float(squared.sum()), rounds)


def _update(
    points: Points, centroids: Matrix, labels: Labels, squared: Floats, spherical: bool
) -> tuple[Matrix, float]:
    """The means of the clusters, and how far they moved together (squared).

    Clusters without points take the points farthest from their centroids.
    """
    sums, counts = points.sums(labels, len(centroids))
    moved = centroids.astype(np.float64)
    filled = counts > 0
    moved[filled] = sums[filled] / counts[filled, None]
    if len(empty := np.flatnonzero(~filled)):
        moved[empty] = points.matrix[np.argsort(-squared, kind="stable")[: len(empty)]]
    if spherical:
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        moved = np.divide(moved, lengths, out=centroids.astype(np.float64), where=lengths > 0)
    rounded = moved.astype(np.float32)
    shift = rounded.astype(np.float64) - centroids
    return rounded, float(np.einsum("ij,ij->", shift, shift))


def _most_used(points: Points, earlier: Matrix, k: int) -> Matrix:
    """The k earlier centroids with the most points, in their order; all where there are no more than k."""
    if len(earlier) <= k:
        return earlier
    counts = np.bincount(points.nearest(earlier)[0], minlength=len(earlier))
    return earlier[np.sort(np.argsort(-counts, kind="stable")[:k])]
