"""Ids of clusters that outlive a refit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recudf.clustering.points import Floats
from recudf.errors import InputError
from recudf.vectors import Matrix

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Earlier:
    """Centroids of an earlier fit in ascending order of their ids.

    centroids: float32 [m, d]. ids: int64 [m].
    """

    centroids: Matrix
    ids: Ids

    @classmethod
    def of(cls, names: list[str], matrix: Matrix) -> Earlier:
        """From the ids and vectors of an index; raises InputError for an id that is no INTEGER >= 0."""
        ids = np.array([_integer(name) for name in names], np.int64)
        order = np.argsort(ids)
        if len(twice := np.flatnonzero(np.diff(ids[order]) == 0)):
            raise InputError(
                f"cluster id {ids[order[twice[0]]]} occurs twice: index one centroid per cluster"
            )
        return cls(matrix[order], ids[order])


def number_clusters(centroids: Matrix, earlier: Earlier | None, first_new_id: int) -> Ids:
    """Ids of clusters, int64 [k]: those of the earlier clusters they continue, else new ones in order.

    Pairs are one-to-one with the least sum of squared distances between centroids (Kuhn 1955). A pair
    farther apart than half the usual distance (the median) from an earlier centroid to its nearest neighbour
    is none: that is another cluster. New ids start above every earlier id, and at first_new_id at least.
    """
    from scipy.optimize import linear_sum_assignment

    ids = np.full(len(centroids), -1, np.int64)
    start = first_new_id
    if earlier is not None and len(earlier.ids):
        squared = _squared_distances(centroids, earlier.centroids)
        reach = _reach(earlier.centroids) ** 2
        # beyond reach all pairs are equally bad, or one new cluster far away could take apart a good pair
        row, column = linear_sum_assignment(np.minimum(squared, reach))
        same = squared[row, column] <= reach
        ids[row[same]] = earlier.ids[column[same]]
        start = max(start, int(earlier.ids[-1]) + 1)
    new = np.flatnonzero(ids < 0)
    ids[new] = start + np.arange(len(new))
    return ids


def _reach(centroids: Matrix) -> float:
    """Half the median distance to the nearest neighbour; without limit for a centroid alone."""
    if len(centroids) == 1:
        return np.inf
    squared = _squared_distances(centroids, centroids)
    np.fill_diagonal(squared, np.inf)
    return float(np.median(np.sqrt(squared.min(axis=1))) / 2)


def _squared_distances(a: Matrix, b: Matrix) -> Floats:
    a64, b64 = a.astype(np.float64), b.astype(np.float64)
    squares = np.einsum("ij,ij->i", a64, a64)[:, None] + np.einsum("ij,ij->i", b64, b64)
    squared: Floats = np.maximum(squares - 2 * (a64 @ b64.T), 0)
    return squared


def _integer(name: str) -> int:
    if not (name.isascii() and name.isdigit() and int(name) < 2**31):
        raise InputError(f"id {name!r} is no cluster id: index centroids under integer ids of at least 0")
    return int(name)
