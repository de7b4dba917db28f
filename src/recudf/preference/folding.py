"""Rows of one side of a factorisation from the other side: what implicit ALS solves, half a round at a time.

Hu, Koren & Volinsky, Collaborative Filtering for Implicit Feedback Datasets (ICDM 2008). Given factors Y, the
row x of a user with weights w is the minimum of

    sum over all items of c (p - x . y)^2 + ridge x . x,    x = (Y'Y + Y'(C - I)Y + ridge I)^-1 Y'C p,

where a weight above 0 is the preference p = 1 with confidence c = 1 + alpha w, one below 0 the preference 0
with confidence 1 + alpha |w|, and everything else the preference 0 with confidence 1.

With L L' = Y'Y + ridge I and Z = Y L^-T the matrix is L (I + S'S) L', where S are the rows of Z that the user
has, times (alpha |w|)^(1/2): a system as small as the history or the factors, whichever is smaller.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recudf import interrupts
from recudf.preference.events import Floats, Ints, Pairs, sparse
from recudf.preference.threads import one_thread

_TOGETHER = 4_000_000  # numbers in what is solved at once
_PADDED = 0.8  # a history shorter than this part of the longest waits for the next step


@dataclass(frozen=True)
class Basis:
    """lower: L, float64 [f, f]."""

    lower: Floats

    @classmethod
    def of(cls, gram: Floats, ridge: float) -> Basis:
        """From Y'Y."""
        return cls(np.linalg.cholesky(gram + ridge * np.eye(len(gram))).astype(np.float64, copy=False))

    def whitened(self, factors: Floats) -> Floats:
        """Z = Y L^-T, [n, f], of Y [n, f]."""
        from scipy.linalg import solve_triangular

        rows: Floats = solve_triangular(self.lower, factors.T, lower=True).T
        return np.ascontiguousarray(rows)

    def restored(self, rows: Floats) -> Floats:
        """X = Xz L^-1, [n, f], of rows [n, f] that were solved for with Z."""
        from scipy.linalg import solve_triangular

        found: Floats = solve_triangular(self.lower, rows.T, trans="T", lower=True).T
        return np.ascontiguousarray(found)


def fold_in(basis: Basis, factors: Floats, pairs: Pairs, n_rows: int, alpha: float) -> Floats:
    """X, float64 [n_rows, f]; zero for a row without a positive weight.

    factors: float64 [n, f], those rows of Y that the pairs' columns name. pairs: in ascending order. Raises
    Interrupted.
    """
    white = basis.whitened(factors)
    weights = pairs.weights
    liked = Pairs(pairs.rows, pairs.columns, np.where(weights > 0, 1 + alpha * weights, 0))
    right = sparse(liked, (n_rows, len(white))) @ white
    root = np.sqrt(alpha * np.abs(weights))
    starts = np.searchsorted(pairs.rows, np.arange(n_rows + 1))
    since = interrupts.generation()
    solved = np.zeros_like(right)
    with one_thread():
        for rows, at, held in _batches(starts, white.shape[1]):
            interrupts.check(since)
            strengths = np.where(held, root[at], 0)
            scaled = white[pairs.columns[at]] * strengths[:, :, None]
            solved[rows] = _solve(scaled, right[rows])
    return basis.restored(solved)


def _solve(scaled: Floats, right: Floats) -> Floats:
    """(I + S'S)^-1 r for each of many S [b, n, f] and r [b, f]; rows of zeros in S change nothing."""
    swapped = scaled.swapaxes(1, 2)
    n, f = scaled.shape[1:]
    if n < f:
        inner = np.linalg.solve(scaled @ swapped + np.eye(n), scaled @ right[:, :, None])
        return right - (swapped @ inner)[:, :, 0].astype(np.float64, copy=False)
    found = np.linalg.solve(swapped @ scaled + np.eye(f), right[:, :, None])
    return found[:, :, 0].astype(np.float64, copy=False)


def _batches(starts: Ints, width: int) -> Iterator[tuple[Ints, Ints, np.ndarray]]:
    """Rows of about equal length: their numbers [b], places of their pairs [b, n], which of these count."""
    lengths = np.diff(starts)
    order = np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths)]
    start = 0
    while start < len(order):
        longest = int(lengths[order[start]])
        stop = start + max(1, _TOGETHER // (longest * width))
        rows = order[start:stop]
        rows = rows[lengths[rows] >= _PADDED * longest]
        start += len(rows)
        steps = np.arange(longest)
        held = steps < lengths[rows, None]
        yield rows, np.where(held, starts[rows, None] + steps, 0), held
