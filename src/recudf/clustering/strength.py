"""k "stable": as many clusters as the halves of the points agree on, by their prediction strength.

Tibshirani and Walther, Cluster Validation by Prediction Strength (Journal of Computational and Graphical
Statistics 14, 2005). Of two halves, both clustered into k: for each cluster of the one, the share of its
pairs of points that the centroids of the other put together, too; the smallest of these shares counts. So a
single cluster that does not come back, or has a point or two, speaks against k.
"""

from __future__ import annotations

import numpy as np

from recudf.clustering.choose import draw_rows, shrinking_fits
from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Labels, Points

ROWS = 2048  # points that are halved
SPLITS = 4
ALMOST = 0.8  # of the largest strength: the authors' limit, where that is 1
KEPT = ALMOST * ALMOST  # for an earlier number, as one near the limit would come and go


def choose_stable_k(points: Points, params: ClusterParams, earlier: int | None = None) -> int:
    """The k in k_min..k_max of k-means whose clusters are found again; ties: the smallest.

    It is the largest k whose strength is at least 0.8 of the largest strength of all. Where that is below 0.8
    itself, no number of clusters is found again for sure: then it is the k of the largest strength.
    k stays below half the number of points; where that leaves no choice, it is k_min or the number of points.
    earlier: the number of clusters of an earlier fit, kept if its strength is at least 0.64 of the largest,
    or no number is found again for sure.
    """
    sample = points.take(draw_rows(len(points), ROWS, params.seed))
    last = min(params.k_max, len(sample) // 2 - 1)
    if last <= params.k_min:
        return min(params.k_min, len(points))
    strength = strengths(sample, params, last)
    best = max(strength.values())
    if earlier in strength and (best < ALMOST or strength[earlier] >= KEPT * best):
        return earlier
    good = {k for k, value in strength.items() if value >= ALMOST * best}
    return max(good) if best >= ALMOST else min(k for k, value in strength.items() if value == best)


def strengths(points: Points, params: ClusterParams, last: int) -> dict[int, float]:
    """The prediction strength of each k in k_min..last: the mean over halvings and over both halves."""
    rng = np.random.default_rng(params.seed)
    counts = range(last, params.k_min - 1, -1)
    found: dict[int, list[float]] = {k: [] for k in counts}
    for _ in range(SPLITS):
        order = rng.permutation(len(points))
        middle = len(points) // 2
        halves = [points.take(np.sort(part)) for part in (order[:middle], order[middle:])]
        fits = zip(*(shrinking_fits(half, params, counts) for half in halves), strict=True)
        for k, pair in zip(counts, fits, strict=True):
            for half, own, other in zip(halves, pair, reversed(pair), strict=True):
                found[k].append(prediction_strength(own.labels, half.nearest(other.centroids)[0]))
    return {k: round(float(np.mean(values)), 6) for k, values in found.items()}


def prediction_strength(labels: Labels, predicted: Labels) -> float:
    """The smallest share, over the clusters, of pairs of their points that are together in `predicted`, too.

    A cluster of one point counts 0: nothing tells that it is one. labels, predicted: [n].
    """
    shares = []
    for label in np.unique(labels):
        counts = np.bincount(predicted[labels == label])
        n = int(counts.sum())
        shares.append((counts * (counts - 1)).sum() / (n * (n - 1)) if n > 1 else 0.0)
    return float(min(shares))
