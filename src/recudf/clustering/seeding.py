"""Where k-means starts: greedy k-means++ (Arthur and Vassilvitskii 2007, section 4)."""

from __future__ import annotations

import numpy as np

from recudf.clustering.points import Floats, Points
from recudf.vectors import Matrix

_DUPLICATE = 1e-6  # of the squared lengths: nearer than float32 products can tell


def greedy_seeds(points: Points, k: int, rng: np.random.Generator, given: Matrix | None = None) -> Matrix:
    """Up to k points as seeds, float32 [<= k, d], after those `given`; fewer where fewer points are distinct.

    Each next seed is the best of 2 + log(k) candidates, drawn with a chance proportional to their squared
    distance from the seeds so far: best is what leaves the smallest sum of squared distances.
    """
    trials = 2 + int(np.log(k))
    if given is None or len(given) == 0:
        seeds = [points.matrix[rng.integers(len(points))]]
        nearest = _to_candidates(points, seeds[0][None])[0]
    else:
        seeds = list(given)
        nearest = np.where(_duplicates(points, squared := points.nearest(given)[1]), 0, squared)
    while len(seeds) < k and (total := nearest.sum()) > 0:
        drawn = np.searchsorted(np.cumsum(nearest), rng.random(trials) * total)
        candidates = points.matrix[np.minimum(drawn, len(points) - 1)]
        after = np.minimum(_to_candidates(points, candidates), nearest)
        best = int(after.sum(axis=1).argmin())
        seeds.append(candidates[best])
        nearest = after[best]
    return np.stack(seeds).astype(np.float32)


def _to_candidates(points: Points, candidates: Matrix) -> Floats:
    """Squared distances [candidates, n], 0 where float32 cannot tell the two apart."""
    shifted = candidates.astype(np.float64) - points.origin
    offset = 2 * (shifted @ points.origin) + np.einsum("ij,ij->i", shifted, shifted)
    product = (points.matrix @ shifted.T.astype(np.float32)).T
    squared = points.squares - 2.0 * product + offset[:, None]
    return np.where(_duplicates(points, squared), 0, squared)


def _duplicates(points: Points, squared: Floats) -> np.ndarray:
    near: np.ndarray = squared <= _DUPLICATE * points.lengths**2
    return near
