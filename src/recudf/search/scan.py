"""A complete scan: every index row whose float32 score could reach the top k is scored exactly.

The float32 product is wrong by at most `error`, so a row below (k-th best - 2 error) cannot be among the k
best.
"""

from __future__ import annotations

import threading

import numpy as np

from recudf.search.index import Index
from recudf.search.scoring import Excluded, Ints, Keys, Queries, Scores, exact_scores, rank_keys
from recudf.vectors import Matrix

PRODUCT_LOCK = threading.Lock()  # one product uses all cores: a second at once would only slow both

_TILE_BYTES = 64 << 20
_LOWEST = np.float32(-2)  # below every cosine, above the -inf of what is excluded


def scan(
    index: Index, queries: Queries, k: Ints, excluded: Excluded, known: Scores | None
) -> tuple[Ints, Keys]:
    """The k[i] best pairs of each query i: row numbers and rank keys, sorted by (row, key).

    known: float32 [q], a score that the k-th best of each query is known to reach, or None.
    """
    step = max(1, _TILE_BYTES // (4 * len(index)))
    parts = []
    for start in range(0, len(queries), step):
        stop = min(start + step, len(queries))
        tile = _tile(index, queries.unit[start:stop])
        tile[excluded.pairs(start, stop)] = -np.inf
        wanted = min(int(k[start:stop].max()), len(index))
        if known is None:
            at = len(index) - wanted
            reach = np.partition(tile, at, axis=1)[:, at] - float32_error(index.dimension)
        else:
            reach = known[start:stop]
        cut = np.maximum(reach - float32_error(index.dimension), _LOWEST)
        rows, positions = np.nonzero(tile >= cut[:, None])
        rows += start
        keys = rank_keys(exact_scores(index, queries, rows, positions), positions)
        order = np.lexsort((keys, rows))
        rows, keys = rows[order], keys[order]
        rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
        best = rank < k[rows]
        parts.append((rows[best], keys[best]))
    return np.concatenate([rows for rows, _ in parts]), np.concatenate([keys for _, keys in parts])


def float32_error(dimension: int) -> np.float32:
    """A bound of |float32 score - cosine|: rounding of a dot product of unit vectors (Higham 2002, section
    3.1), and of the scalings before and after.
    """
    return np.float32((dimension + 16) * 2.0**-23)


def scaled_rows(index: Index, start: int, stop: int) -> tuple[Matrix, Matrix]:
    """Rows and float32 factors [n, 1] such that rows * factors have length 1, without over- or underflow."""
    factors = index.inverse_norms[start:stop, None]
    rows = index.matrix[start:stop]
    if index.inverse_norms.min() > 1e-15 and index.inverse_norms.max() < 1e15:
        return rows, factors.astype(np.float32)
    return (rows * factors).astype(np.float32), np.ones((len(rows), 1), np.float32)


def _tile(index: Index, unit: Matrix) -> Matrix:
    rows, factors = scaled_rows(index, 0, len(index))
    with PRODUCT_LOCK:
        tile: Matrix = unit @ rows.T
    tile *= factors.T
    return tile
