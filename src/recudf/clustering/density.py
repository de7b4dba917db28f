"""DBSCAN and HDBSCAN (scikit-learn) on cosine distance. Points in no dense region are noise: label -1.

The points have unit length, so cosine distance c and Euclidean distance e order pairs alike: e^2 = 2 c.
"""

from __future__ import annotations

import numpy as np

from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Labels, Points

_MATRIX_POINTS = 10_000  # up to here HDBSCAN holds all distances (0.8 GB), beyond it asks a slow tree


def fit_dbscan(points: Points, params: ClusterParams) -> Labels:
    """Labels [n], -1 for noise: dense is where min_samples (5) points lie within the cosine distance eps."""
    from sklearn.cluster import DBSCAN

    assert params.eps is not None
    radius = float(np.sqrt(2 * params.eps))
    model = DBSCAN(eps=radius, min_samples=params.min_samples or 5, algorithm="brute")
    return np.asarray(model.fit(points.matrix).labels_, np.intp)


def fit_hdbscan(points: Points, params: ClusterParams) -> Labels:
    """Labels [n], -1 for noise: clusters of at least min_cluster_size points that persist over densities."""
    from sklearn.cluster import HDBSCAN

    min_samples = params.min_samples or params.min_cluster_size
    if len(points) < max(min_samples, params.min_cluster_size):
        return np.full(len(points), -1, np.intp)
    model = HDBSCAN(
        min_cluster_size=params.min_cluster_size,
        min_samples=min_samples,
        algorithm="brute" if len(points) <= _MATRIX_POINTS else "auto",
        copy=True,
    )
    return np.asarray(model.fit(points.matrix).labels_, np.intp)
