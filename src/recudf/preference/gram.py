"""G of item weights (item_weights.py): what people did, the items' vectors beside it, and its inverse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recudf.errors import ParameterError
from recudf.preference.events import Ints, Pairs, sparse
from recudf.vectors import Matrix

DOUBLE = 4_000  # rows of what is solved: up to here in float64, beyond in float32
BLOCK = 256  # items that are looked at together


@dataclass(frozen=True)
class Behaviour:
    """What items are fitted on. pairs: (user, item). n_users: rows of X. units: float32 [items, d], of length
    1, zero for an item without a vector; d may be 0."""

    pairs: Pairs
    n_users: int
    units: Matrix

    def most_used(self, n: int) -> tuple[Behaviour, Ints]:
        """The same of the n items that most users have, ties by place, and the places of these."""
        n_items = len(self.units)
        counts = np.bincount(self.pairs.columns[self.pairs.weights != 0], minlength=n_items)
        chosen = np.sort(np.argsort(-counts, kind="stable")[:n])
        place = np.full(n_items, -1)
        place[chosen] = np.arange(len(chosen))
        pairs = self.pairs.kept(place[self.pairs.columns] >= 0)
        pairs = Pairs(pairs.rows, place[pairs.columns], pairs.weights)
        return Behaviour(pairs, self.n_users, self.units[chosen]), chosen


def gram(behaviour: Behaviour, text_weight: float) -> Any:
    """X'X + text_weight V V', a block of rows at a time, so that nothing else is items x items."""
    n_items = len(behaviour.units)
    x = sparse(behaviour.pairs, (behaviour.n_users, n_items))
    transposed = x.T.tocsr()
    matrix = np.empty((n_items, n_items), precision(n_items))
    units = behaviour.units.astype(matrix.dtype, copy=False)
    for start in range(0, n_items, BLOCK):
        rows = slice(start, start + BLOCK)
        matrix[rows] = (transposed[rows] @ x).toarray()
        if text_weight and units.shape[1]:
            matrix[rows] += text_weight * (units[rows] @ units.T)
    return matrix


def precision(rows: int) -> type[np.float32] | type[np.float64]:
    """What a matrix with so many rows is solved in."""
    return np.float64 if rows <= DOUBLE else np.float32


def invert(matrix: Any) -> None:
    """Put the inverse of a positive definite matrix into its upper triangle, without a second one."""
    from scipy.linalg import lapack

    single = matrix.dtype == np.float32
    factor, invert = (lapack.spotrf, lapack.spotri) if single else (lapack.dpotrf, lapack.dpotri)
    # LAPACK counts by columns, so that its lower triangle is the upper one here
    _, failed = factor(matrix.T, lower=1, overwrite_a=1, clean=0)
    require_solved(failed)
    _, failed = invert(matrix.T, lower=1, overwrite_c=1)
    require_solved(failed)


def require_solved(failed: int) -> None:
    """Raise ParameterError where a matrix was not positive definite."""
    if failed:
        raise ParameterError("ridge is too small beside the weights: give a larger one, or smaller weights")
