"""Vectors smoothed over their neighbour graph: clusters that k-means then finds follow dense regions.

Each point is drawn towards its nearest neighbours, weighted as in UMAP (McInnes, Healy and Melville 2018,
section 3.1), for some rounds: a low-pass filter on the graph (Wu et al., Simplifying Graph Convolutional
Networks, ICML 2019, without labels). Then principal components, as far as they tell points apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from recudf.clustering.choose import draw_rows
from recudf.clustering.params import ClusterParams
from recudf.clustering.points import Floats, Labels
from recudf.search.exact import top_k
from recudf.search.index import Index
from recudf.search.scoring import Excluded
from recudf.settings import Settings
from recudf.vectors import Matrix, norms, unit

if TYPE_CHECKING:
    import scipy.sparse as sp

GRAPH_ROWS = 50_000  # a graph of more points is fitted on a sample, and the others join their neighbours
COMPONENTS = 100
_SEARCHES = 40  # halvings, for the width of a neighbourhood


def smooth(matrix: Matrix, params: ClusterParams) -> Matrix:
    """Unit rows [n, d] as smoothed points, float32 [n, at most 100].

    params.neighbors: of each point, by cosine. params.smoothings: rounds of z = unit((z + P z) / 2), where P
    is the row-normalised graph.
    """
    graph = neighbour_graph(matrix, params.neighbors)
    points = matrix
    for _ in range(params.smoothings):
        points = unit(0.5 * (points + graph @ points))
    return _principal(points)


def neighbour_graph(matrix: Matrix, neighbors: int) -> sp.csr_array:
    """The fuzzy union of all neighbourhoods, rows scaled to sum 1: sparse float32 [n, n].

    A neighbour at distance d weighs exp(-(d - d_nearest) / width); the width is such that the weights of a
    point sum to log2(neighbors + 1). a + b - ab joins the two directions of a pair. A point without any other
    stays where it is.
    """
    import scipy.sparse as sp

    n = len(matrix)
    positions, cosines = nearest_rows(matrix, matrix, min(neighbors + 1, n))
    others = positions != np.arange(n)[:, None]
    # where copies of a point have taken its own place, the last neighbour gives way
    others[others.all(axis=1), -1] = False
    if n == 1:
        return sp.csr_array(np.ones((1, 1), np.float32))
    positions = positions[others].reshape(n, -1)
    distances = np.maximum(1.0 - cosines[others].reshape(n, -1), 0)
    weights = _memberships(distances)
    rows = np.repeat(np.arange(n), positions.shape[1])
    directed = sp.csr_array((weights.ravel(), (rows, positions.ravel())), (n, n))
    both = directed.multiply(directed.T)
    union = sp.csr_array(directed + directed.T - both)
    scale = 1.0 / union.sum(axis=1)
    return sp.csr_array(sp.diags_array(scale) @ union, dtype=np.float32)


def nearest_rows(queries: Matrix, matrix: Matrix, k: int) -> tuple[Labels, Floats]:
    """Positions and cosines, each [q, k], of the k rows nearest to every unit query, the nearest first."""
    ids = pa.array([f"{i:010d}" for i in range(len(matrix))])
    index = Index("graph", ids, matrix, 1.0 / norms(matrix))
    parts = []
    for start in range(0, len(queries), 2048):
        block = queries[start : start + 2048]
        asked = np.full(len(block), k, np.int64)
        hits = top_k(index, block, asked, Excluded.nothing(len(block)), Settings())
        parts.append((hits.positions.reshape(-1, k), hits.scores.reshape(-1, k).astype(np.float64)))
    return np.concatenate([p for p, _ in parts]), np.concatenate([s for _, s in parts])


def rows_to_fit(n: int, seed: int) -> Labels:
    """The rows that a graph is fitted on: all, or a sample."""
    return draw_rows(n, GRAPH_ROWS, seed)


def join_neighbours(matrix: Matrix, fitted: Labels, labels: Labels, neighbors: int) -> Labels:
    """Labels [n] of all rows, from those of the fitted ones: the others take the vote of their neighbours.

    A neighbour's vote counts by its cosine; ties: the smallest label.
    """
    if len(fitted) == len(matrix):
        return labels
    every = np.empty(len(matrix), labels.dtype)
    every[fitted] = labels
    rest = np.setdiff1d(np.arange(len(matrix)), fitted)
    positions, cosines = nearest_rows(matrix[rest], matrix[fitted], min(neighbors, len(fitted)))
    votes = np.zeros((len(rest), int(labels.max()) + 1))
    np.add.at(votes, (np.arange(len(rest))[:, None], labels[positions]), cosines)
    every[rest] = votes.argmax(axis=1)
    return every


def _memberships(distances: Floats) -> Floats:
    """UMAP's weights [n, m] of neighbours at these distances, ascending in each row."""
    beyond = distances - distances[:, :1]
    wanted = np.log2(distances.shape[1] + 1)
    low, high = np.zeros(len(distances)), np.full(len(distances), np.inf)
    width = np.ones(len(distances))
    for _ in range(_SEARCHES):
        total = np.exp(-beyond / width[:, None]).sum(axis=1)
        low, high = np.where(total < wanted, width, low), np.where(total < wanted, high, width)
        width = np.where(np.isinf(high), 2 * width, (low + high) / 2)
    # all neighbours nearly as near as the first: no width would spread them, so each keeps its weight
    width = np.maximum(width, 1e-3 * np.maximum(distances.mean(axis=1), 1e-12))
    weights: Floats = np.exp(-beyond / width[:, None])
    return weights


def _principal(points: Matrix) -> Matrix:
    """Principal components, at most COMPONENTS, with the signs that make the largest loadings positive."""
    centred: Matrix = points - points.mean(axis=0, dtype=np.float64).astype(np.float32)
    if points.shape[1] <= COMPONENTS:
        return centred
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    axes = axes[:, ::-1][:, :COMPONENTS]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(COMPONENTS)])
    components: Matrix = centred @ (axes * signs).astype(np.float32)
    return components
