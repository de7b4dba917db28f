"""The weight that one item in a history gives to another: EASE, with the items' vectors beside the events.

Steck, Embarrassingly Shallow Autoencoders for Sparse Data (WWW 2019). With X (users x items) and the unit
vectors V (items x dimensions),

    G = X'X + text_weight V V' + ridge I,    P = G^-1,    B[i, j] = -P[i, j] / P[j, j],  B[j, j] = 0,

and the score of item j for the history x is sum_i x_i B[i, j]. V V' enters as if each dimension were one more
user, so that items without events have weights, too: with A = [X; text_weight^(1/2) V'], G = A'A + ridge I.
Where A has fewer rows than columns, by the Woodbury identity with L L' = A A' + ridge I and W = L^-1 A,

    ridge P = I - W'W,    so that    B[i, j] = w_i . w_j / (1 - w_j . w_j).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recudf import interrupts
from recudf.errors import ParameterError
from recudf.preference.events import Events, Ints, Pairs, positions, sorted_ids, sparse
from recudf.preference.gram import BLOCK, Behaviour, gram, invert, precision, require_solved
from recudf.preference.item_ridge import RIDGE, chosen_ridge
from recudf.preference.params import FitParams
from recudf.search.store import get_index
from recudf.vectors import Matrix, scatter, valid_mask

WEIGHT = pa.struct(
    [
        ("item_id", pa.string()),
        ("neighbor_id", pa.string()),
        ("weight", pa.float32()),
        ("ridge", pa.float64()),
    ]
)
WEIGHTS = pa.list_(WEIGHT)
AUTO = "auto"


@dataclass(frozen=True)
class ItemWeightsParams(FitParams):
    """What `item_weights_fit` is asked for.

    ridge: added to the diagonal of G, or "auto" for what item_ridge chooses. text_weight: of V V'. neighbors:
    weights kept of each item, the largest by size. max_items: so many are fitted, those that most users have.
    """

    ridge: float | str = RIDGE
    text_weight: float = 30.0
    neighbors: int = 200
    max_items: int = 20_000

    def __post_init__(self) -> None:
        if self.ridge != AUTO:
            self.require_numbers("ridge", above_zero=True, instead=AUTO)
        self.require_numbers("text_weight")
        self.require_whole(neighbors=1, max_items=1)


@dataclass(frozen=True)
class Weights:
    """Kept weights, by item, then the largest first, ties by neighbour: items, neighbors: int64 [n], their
    positions. values: float32 [n], none is 0."""

    items: Ints
    neighbors: Ints
    values: Matrix


def item_weights_fits(
    users: pa.Array, items: pa.Array, weights: pa.Array, handles: pa.Array, params: pa.Array
) -> pa.Array:
    """Per row, the weights of a fit as list<struct> (WEIGHTS).

    users, items: list<string> [n]. weights: list<double> [n]. NULL where one of these is, and where no row of
    them is without a NULL. handles: string [n], of an index over vectors of items; NULL: none. params: string
    [n], JSON as ItemWeightsParams takes it. Raises InputError as Events.read, ParameterError,
    UnknownHandleError, Interrupted.
    """
    valid = valid_mask(users) & valid_mask(items) & valid_mask(weights)
    fits = []
    for row in np.flatnonzero(valid).tolist():
        chosen = ItemWeightsParams.parse(params[row].as_py())
        events = Events.read(users[row], items[row], weights[row], "item_weights_fit")
        handle = handles[row].as_py()
        valid[row] = events is not None
        if events is not None:
            fits.append(_fit(events, handle, chosen))
    if not fits:
        return pa.nulls(len(valid), WEIGHTS)
    ends = np.cumsum([0, *map(len, fits)]).astype(np.int32)
    return scatter(pa.ListArray.from_arrays(pa.array(ends), pa.concat_arrays(fits), type=WEIGHTS), valid)


def fit_item_weights(behaviour: Behaviour, params: ItemWeightsParams) -> Weights:
    """The largest weights of every item."""
    narrow = behaviour.n_users + behaviour.units.shape[1] < len(behaviour.units)
    blocks = _by_users(behaviour, params) if narrow else _by_items(behaviour, params)
    since = interrupts.generation()
    start, found = 0, []
    for block in blocks:
        interrupts.check(since)
        rows, neighbors = largest(block, params.neighbors)
        found.append((rows + start, neighbors, block[rows, neighbors]))
        start += len(block)
    return Weights(*(np.concatenate(part) for part in zip(*found, strict=True)))


def largest(block: Matrix, n: int) -> tuple[Ints, Ints]:
    """Row and column of the n largest entries by size of each row, in that order, ties by column; no 0."""
    size = np.abs(block)
    kept = size > 0
    if n < size.shape[1]:
        border = np.partition(size, -n, axis=1)[:, -n, None]
        above = size > border
        ties = kept & (size == border)
        kept = above | (ties & (np.cumsum(ties, axis=1) <= n - above.sum(axis=1, keepdims=True)))
    rows, columns = np.nonzero(kept)
    order = np.lexsort((columns, -size[rows, columns], rows))
    return rows[order], columns[order]


def _by_items(behaviour: Behaviour, params: ItemWeightsParams) -> Iterator[Matrix]:
    """Blocks of rows of B': of each item the weights of all others, by the inverse of items x items."""
    matrix = gram(behaviour, params.text_weight)
    matrix[np.diag_indices(len(matrix))] += params.ridge
    invert(matrix)
    diagonal = matrix.diagonal().copy()
    for start in range(0, len(matrix), BLOCK):
        stop = start + BLOCK
        rows = np.triu(matrix[start:stop, start:])  # the inverse is in the upper triangle alone
        square = rows[:, : len(rows)]
        square += np.triu(square, 1).T
        block = np.concatenate((matrix[:start, start:stop].T, rows), axis=1)
        yield _without_self(-block / diagonal[start:stop, None], start)


def _by_users(behaviour: Behaviour, params: ItemWeightsParams) -> Iterator[Matrix]:
    """The same by the inverse of (users + dimensions) x (users + dimensions)."""
    n_users, n_items = behaviour.n_users, len(behaviour.units)
    n_rows = n_users + behaviour.units.shape[1]
    stacked = np.empty((n_items, n_rows), precision(n_rows))  # A'
    x = sparse(behaviour.pairs.transposed(), (n_items, n_users))
    stacked[:, :n_users] = x.toarray()
    stacked[:, n_users:] = behaviour.units * np.sqrt(params.text_weight)
    square = stacked.T @ stacked
    square[np.diag_indices(n_rows)] += params.ridge
    _solve_half(square, stacked)
    rest = 1 - np.einsum("ij,ij->i", stacked, stacked, dtype=np.float64)
    require_solved(int(rest.min() < 100 * np.finfo(stacked.dtype).eps))
    for start in range(0, n_items, BLOCK):
        products = stacked[start : start + BLOCK] @ stacked.T
        yield _without_self(products / rest[start : start + BLOCK, None], start)


def _solve_half(square: Any, stacked: Any) -> None:
    """Replace A' by (L^-1 A)', where L L' is `square`."""
    from scipy.linalg import lapack
    from scipy.linalg.blas import dtrsm, strsm

    single = square.dtype == np.float32
    _, failed = (lapack.spotrf if single else lapack.dpotrf)(square.T, lower=1, overwrite_a=1, clean=0)
    require_solved(failed)
    (strsm if single else dtrsm)(1.0, square.T, stacked.T, lower=1, overwrite_b=1)


def _without_self(block: Any, start: int) -> Matrix:
    """Weights as they are kept, with none of an item for itself."""
    found: Matrix = block.astype(np.float32)
    rows = np.arange(len(found))
    found[rows, start + rows] = 0
    return found


def _fit(events: Events, handle: str | None, params: ItemWeightsParams) -> pa.StructArray:
    index = get_index(handle) if handle is not None else None
    ids = sorted_ids(events.items, *([index.ids] if index is not None else []))
    pairs = events.pairs
    pairs = Pairs(pairs.rows, positions(events.items, ids)[pairs.columns], pairs.weights)
    units = np.zeros((len(ids), index.dimension if index is not None else 0), np.float32)
    if index is not None:
        units[positions(index.ids, ids)] = index.matrix * index.inverse_norms[:, None]
    everything = Behaviour(pairs, len(events.users), units)
    behaviour, fitted = everything.most_used(params.max_items)
    ids = ids.take(pa.array(fitted))
    if params.ridge == AUTO:
        params = replace(params, ridge=chosen_ridge(behaviour, events.users, ids, params.text_weight))
    return _struct(ids, fit_item_weights(behaviour, params), params)


def _struct(ids: pa.StringArray, found: Weights, params: ItemWeightsParams) -> pa.StructArray:
    sizes = pc.binary_length(ids).to_numpy()
    if sizes[found.neighbors].sum(dtype=np.int64) >= 2**31 or sizes[found.items].sum(dtype=np.int64) >= 2**31:
        raise ParameterError(
            f"neighbors is {params.neighbors}, which for {len(ids):,} items is more than a list holds: "
            "give fewer, or a smaller max_items"
        )
    columns = [
        ids.take(pa.array(found.items)),
        ids.take(pa.array(found.neighbors)),
        pa.array(found.values),
        pa.array(np.full(len(found.values), params.ridge, np.float64)),
    ]
    return pa.StructArray.from_arrays(columns, fields=list(WEIGHT))
