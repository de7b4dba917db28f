"""k "auto": the number of clusters with the largest mean silhouette (Rousseeuw 1987)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from recudf.clustering.kmeans import KMeans, fit_kmeans
from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Floats, Labels, Points
from recudf.vectors import Matrix, norms

FIT_ROWS = 4096  # k-means is tried on at most so many rows
SILHOUETTE_ROWS = 2048  # whose silhouettes are averaged: a square matrix of distances
CLEARLY = 0.1  # an earlier number of clusters gives way to a mean silhouette larger by this share


def choose_k(
    points: Points, params: ClusterParams, labels_for: Callable[[int], Labels], earlier: int | None = None
) -> int:
    """The k in k_min..k_max whose clusters have the largest mean silhouette on a sample; ties: the smallest.

    labels_for: gives the labels [n] of the points for a k, asked in descending order.
    k stays below the number of points (a silhouette needs a cluster of two); where that leaves no choice, it
    is k_min or the number of points.
    earlier: the number of clusters of an earlier fit, kept unless another k is clearly better.
    """
    last = min(params.k_max, len(points) - 1)
    if last <= params.k_min:
        return min(params.k_min, len(points))
    rows = draw_rows(len(points), SILHOUETTE_ROWS, params.seed)
    distance = _distances(points.matrix[rows] - points.origin.astype(np.float32))
    quality = {
        k: round(mean_silhouette(distance, labels_for(k)[rows]), 6) for k in range(last, params.k_min - 1, -1)
    }
    best = max(quality, key=lambda k: (quality[k], -k))
    if earlier in quality and quality[best] - quality[earlier] <= CLEARLY * abs(quality[best]):
        return earlier
    return best


def choose_k_for_kmeans(points: Points, params: ClusterParams, earlier: int | None = None) -> int:
    """choose_k for k-means and spherical k-means, fitted on a sample of the points."""
    sample = points.take(draw_rows(len(points), FIT_ROWS, params.seed))
    counts = range(min(params.k_max, len(sample) - 1), params.k_min - 1, -1)
    fits = shrinking_fits(sample, params, counts)
    return choose_k(sample, params, lambda _: next(fits).labels, earlier)


def shrinking_fits(points: Points, params: ClusterParams, counts: range) -> Iterator[KMeans]:
    """k-means for each of the counts, which descend.

    It is fitted at the first; each smaller k starts from the centroids of the one before, two of them merged
    where that raises the inertia least (Ward 1963). Merging is safer than seeding each k: it starts from
    means of many points, where a single point as a seed is lost in noise.
    """
    fit: KMeans | None = None
    for k in counts:
        if fit is None:
            fit = fit_kmeans(points, k, params)
        elif len(fit.centroids) > k:
            fit = fit_kmeans(points, k, params, _merge_nearest(fit))
        yield fit


def draw_rows(n: int, size: int, seed: int) -> Labels:
    """Row numbers of a sample without repeats, ascending; all rows where n <= size."""
    if n <= size:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, size, replace=False))


def mean_silhouette(distance: Floats, labels: Labels) -> float:
    """Mean over the points of (b - a) / max(a, b), 0 for a point alone in its cluster; -1 for one cluster.

    a: mean distance to the others of its cluster, b: to the points of the nearest other cluster.
    distance: float [n, n]. labels: [n].
    """
    used, labels = np.unique(labels, return_inverse=True)
    if len(used) < 2:
        return -1.0
    rows = np.arange(len(labels))
    counts = np.bincount(labels)
    sums = distance @ np.eye(len(used), dtype=distance.dtype)[labels]
    own = sums[rows, labels] / np.maximum(counts[labels] - 1, 1)
    means = sums / counts
    means[rows, labels] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(own, other)
    silhouettes = np.divide(other - own, larger, out=np.zeros_like(larger), where=larger > 0)
    return float(np.where(counts[labels] > 1, silhouettes, 0).mean(dtype=np.float64))


def _merge_nearest(fit: KMeans) -> Matrix:
    """The centroids, the two replaced by their common mean whose merging raises the inertia least."""
    counts = np.bincount(fit.labels).astype(np.float64)
    weight = counts[:, None] * counts / (counts[:, None] + counts)
    cost = weight * _distances(fit.centroids) ** 2
    np.fill_diagonal(cost, np.inf)
    i, j = np.unravel_index(int(cost.argmin()), cost.shape)
    merged = (counts[i] * fit.centroids[i] + counts[j] * fit.centroids[j]) / (counts[i] + counts[j])
    centroids = fit.centroids.copy()
    centroids[i] = merged
    return np.delete(centroids, j, axis=0)


def _distances(matrix: Matrix) -> Floats:
    squares = norms(matrix) ** 2
    squared = squares[:, None] - 2.0 * (matrix @ matrix.T) + squares
    np.fill_diagonal(squared, 0)
    return np.sqrt(np.maximum(squared, 0))
