"""k-means of more points than one process holds: sums of parts, added up.

A part's sums over its points are all that a round needs of it, so points stay where they are. Each round is
that of `fit_kmeans`, but for two things: sums are added part by part, which may move a centroid by a rounding
of float32, and a cluster that loses all its points keeps its centroid that round and is dropped at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from recudf.clustering.fit import fit_clusters
from recudf.clustering.kmeans import SAMPLE_PER_CENTROID
from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Floats, Labels, Points
from recudf.clustering.stable import Earlier, Ids, number_clusters
from recudf.errors import ParameterError
from recudf.vectors import Matrix, unit


@dataclass(frozen=True)
class Sums:
    """What a part tells of its points. total: float64 [k, d]. count: [k]. squared: of all distances."""

    total: Floats
    count: Labels
    squared: float

    @classmethod
    def of(cls, matrix: Matrix, centroids: Matrix, params: ClusterParams) -> Sums:
        """Over the rows of a float32 matrix [n, d], by nearest centroid."""
        points = Points.of(unit(matrix) if is_spherical(params) else matrix, centre=False)
        labels, squared = points.nearest(centroids)
        total, count = points.sums(labels, len(centroids))
        return cls(total, count, float(squared.sum()))

    @classmethod
    def add(cls, parts: Iterable[Sums], k: int, dimension: int) -> Sums:
        """All parts together, in the order given."""
        total, count, squared = np.zeros((k, dimension)), np.zeros(k, np.intp), 0.0
        for part in parts:
            total, count, squared = total + part.total, count + part.count, squared + part.squared
        return cls(total, count, squared)

    def move(self, centroids: Matrix, params: ClusterParams) -> tuple[Matrix, float]:
        """The means, and how far they lie from the centroids together (squared)."""
        moved = centroids.astype(np.float64)
        filled = self.count > 0
        moved[filled] = self.total[filled] / self.count[filled, None]
        if is_spherical(params):
            lengths = np.linalg.norm(moved, axis=1, keepdims=True)
            moved = np.divide(moved, lengths, out=centroids.astype(np.float64), where=lengths > 0)
        rounded = moved.astype(np.float32)
        shift = rounded.astype(np.float64) - centroids
        return rounded, float(np.einsum("ij,ij->", shift, shift))


def is_spherical(params: ClusterParams) -> bool:
    """Whether directions count alone. Raises ParameterError for a method that needs all points at once."""
    if params.method not in ("kmeans", "spherical"):
        raise ParameterError(
            f"method is {params.method!r}: of points in parts there are kmeans and spherical; "
            "fit the others with cluster_fit on a sample"
        )
    return params.method == "spherical"


def sample_size(params: ClusterParams) -> int:
    """How many points should find the start."""
    return SAMPLE_PER_CENTROID * (params.k if isinstance(params.k, int) else params.k_max)


def starting_centroids(sample: Matrix, params: ClusterParams) -> Matrix:
    """Centroids of a fit of the sample, float32 [k, d]; k is chosen there unless it is a number."""
    return np.array([cluster.centroid for cluster in fit_clusters(sample, params)], np.float32)


def limit_of_shift(sample: Matrix, params: ClusterParams) -> float:
    """When to stop: `tolerance` x the mean variance of a component, that of the sample."""
    points = unit(sample) if is_spherical(params) else sample
    return params.tolerance * float(points.var(axis=0, dtype=np.float64).mean())


def numbered(centroids: Matrix, count: Labels, earlier: Earlier | None, first: int) -> list[tuple[int, int]]:
    """(cluster id, row of the centroid) of clusters with points, numbered as `cluster_fit` does: by size."""
    rows = [row for row in np.argsort(-count, kind="stable") if count[row]]
    ids: Ids = number_clusters(centroids[rows], earlier, first)
    return sorted((int(id_), int(row)) for id_, row in zip(ids, rows, strict=True))
