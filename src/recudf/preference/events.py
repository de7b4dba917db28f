"""Interactions as three lists, and as a table of distinct pairs whose order does not depend on theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import InputError
from recudf.vectors import LARGEST_WEIGHT, valid_mask

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Distinct pairs (row, column) in ascending order, with the sum of their weights: arrays [n]."""

    rows: Ints
    columns: Ints
    weights: Floats

    @classmethod
    def summed(cls, rows: Ints, columns: Ints, weights: Floats) -> Pairs:
        """Weights of equal pairs add up, in an order that does not depend on that of the rows."""
        order = np.lexsort((weights, columns, rows))
        rows, columns, weights = rows[order], columns[order], weights[order]
        new = np.ones(len(rows), bool)
        new[1:] = (np.diff(rows) != 0) | (np.diff(columns) != 0)
        first = np.flatnonzero(new)
        sums = np.add.reduceat(weights, first) if len(first) else weights
        return cls(rows[first], columns[first], sums)

    def transposed(self) -> Pairs:
        """The pairs (column, row)."""
        order = np.lexsort((self.rows, self.columns))
        return Pairs(self.columns[order], self.rows[order], self.weights[order])

    def kept(self, chosen: npt.NDArray[np.bool_]) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.rows[chosen], self.columns[chosen], self.weights[chosen])


@dataclass(frozen=True)
class Events:
    """What users did with items. users, items: ids, sorted by their UTF-8 bytes. pairs: rows are positions
    in users, columns positions in items."""

    users: pa.StringArray
    items: pa.StringArray
    pairs: Pairs

    @classmethod
    def read(cls, users: pa.Scalar, items: pa.Scalar, weights: pa.Scalar, name: str) -> Events | None:
        """From three lists of one length: of strings, of strings, of float64; None where no row is left.

        Rows with a NULL are skipped; rows of one pair add up. Raises InputError, naming the function, for
        lists of different length and for a weight that is NaN, infinite or beyond LARGEST_WEIGHT.
        """
        lists = [users.values, items.values, weights.values]
        if len({len(values) for values in lists}) > 1:
            counts = ", ".join(str(len(values)) for values in lists)
            raise InputError(f"{name}: lists of {counts} users, items and weights: give one each")
        full = pa.array(np.logical_and.reduce([valid_mask(values) for values in lists]))
        of_users, of_items, given = (values.filter(full) for values in lists)
        sizes = given.cast(pa.float64()).to_numpy(zero_copy_only=False)
        if (wrong := sizes[~(np.abs(sizes) <= LARGEST_WEIGHT)]).size:
            raise InputError(
                f"{name}: a weight is {wrong[0]:g}: "
                f"give numbers up to {LARGEST_WEIGHT:g}, or NULL to skip a row"
            )
        if not len(sizes):
            return None
        user_ids, rows = _numbered(of_users)
        item_ids, columns = _numbered(of_items)
        return cls(user_ids, item_ids, Pairs.summed(rows, columns, sizes))


def sorted_ids(*arrays: pa.Array) -> pa.StringArray:
    """All distinct ids of some arrays, sorted by their UTF-8 bytes."""
    found = pc.unique(pa.chunked_array([array.cast(pa.string()) for array in arrays]))
    return found.take(pc.sort_indices(found))


def positions(ids: pa.Array, among: pa.StringArray) -> Ints:
    """Where each id is in `among`, which has them all."""
    found: Ints = (
        pc.index_in(ids.cast(pa.string()), value_set=among).to_numpy(zero_copy_only=False).astype(np.int64)
    )
    return found


def sparse(pairs: Pairs, shape: tuple[int, int]) -> Any:
    """Pairs as a scipy CSR matrix of float64."""
    import scipy.sparse as sp  # 0.2 s, so not at registration

    return sp.csr_matrix((pairs.weights, (pairs.rows, pairs.columns)), shape)


def _numbered(ids: pa.Array) -> tuple[pa.StringArray, Ints]:
    distinct = sorted_ids(ids)
    return distinct, positions(ids, distinct)
