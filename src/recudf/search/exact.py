"""The k nearest rows of an index by cosine, exactly, whichever way is fastest.

Small problems are scanned with numpy. Large ones take candidates from a fast product, score these exactly,
and accept the answer of a query only where a bound proves that no row outside can belong to it; the rest are
scanned.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from recudf.search.index import Index
from recudf.search.scan import scan
from recudf.search.scoring import (
    NO_KEY,
    Excluded,
    Ints,
    Queries,
    Scores,
    exact_scores,
    rank_keys,
    split_keys,
)
from recudf.settings import Settings
from recudf.vectors import Matrix

_WORTH_IMPORTING_TORCH = 5_000_000_000  # multiplications; the import takes as long as these in numpy
_WORTH_TORCH = 200_000_000


@dataclass(frozen=True)
class Hits:
    """Found pairs, sorted by (row, rank): row of the query, position in the index, cosine."""

    rows: Ints
    positions: Ints
    scores: Scores


def top_k(index: Index, matrix: Matrix, k: Ints, excluded: Excluded, settings: Settings) -> Hits:
    """The k[i] rows of largest cosine for each query i, ties by id; fewer where fewer are left.

    matrix: float32 [q, dimension], finite, no zero rows. The result depends on each query and the index
    alone.
    """
    queries = Queries.of(matrix)
    m = min(int(k.max()) + max(22, int(k.max())), len(index))
    if _is_large(len(queries) * index.matrix.size) and len(queries) >= 16 and 8 * m <= len(index):
        rows, keys = _from_candidates(index, queries, k, m, excluded, settings)
    else:
        rows, keys = scan(index, queries, k, excluded, None)
    scores, positions = split_keys(keys)
    return Hits(rows, positions, scores)


def _is_large(multiplications: int) -> bool:
    return multiplications >= (_WORTH_TORCH if "torch" in sys.modules else _WORTH_IMPORTING_TORCH)


def _from_candidates(
    index: Index, queries: Queries, k: Ints, m: int, excluded: Excluded, settings: Settings
) -> tuple[Ints, np.ndarray]:
    from recudf.search.candidates import find_candidates

    found = find_candidates(index, queries, m, excluded, settings)
    rows = np.repeat(np.arange(len(queries)), found.present.sum(axis=1))
    positions = found.positions[found.present]
    keys = np.full(found.present.shape, NO_KEY)
    keys[found.present] = rank_keys(exact_scores(index, queries, rows, positions), positions)
    keys.sort(axis=1)

    last = keys[np.arange(len(keys)), np.minimum(k, m) - 1]
    reached = np.where(last == NO_KEY, np.float32(-2), split_keys(last)[0])
    proven = (found.ceiling < reached) | (found.ceiling < -2)
    chosen = (np.arange(m) < k[:, None]) & (keys != NO_KEY) & proven[:, None]
    rows, keys = np.nonzero(chosen)[0], keys[chosen]
    if (open_ := np.flatnonzero(~proven)).size:
        more, more_keys = scan(index, queries.take(open_), k[open_], excluded.take(open_), reached[open_])
        rows, keys = np.concatenate([rows, open_[more]]), np.concatenate([keys, more_keys])
        order = np.argsort(rows, kind="stable")
        rows, keys = rows[order], keys[order]
    return rows, keys
