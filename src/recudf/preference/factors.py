"""Factors of items from what users did (implicit ALS), and of a user from the items'.

The formula is in `recudf.preference.folding`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recudf.preference.events import Events, Floats, Pairs
from recudf.preference.folding import Basis, fold_in
from recudf.preference.params import FitParams
from recudf.search.index import Index
from recudf.search.lookup import positions_in, rows_by_index
from recudf.search.store import get_index
from recudf.vectors import list_lengths, read_weights, scatter, valid_mask, write_vectors

FACTOR = pa.struct([("item_id", pa.string()), ("factors", pa.list_(pa.float32()))])
FACTORS = pa.list_(FACTOR)
_START = 0.01  # standard deviation of the factors that the first round begins with


@dataclass(frozen=True)
class FactorsParams(FitParams):
    """What `factors_fit` is asked for; `factors_of` reads ridge and alpha.

    factors: of an item. ridge: on the square of each factor. alpha: confidence that a weight of 1 adds.
    iterations: rounds, each of the users and then of the items. seed: of the first factors.
    """

    factors: int = 64
    ridge: float = 30.0
    alpha: float = 3.0
    iterations: int = 10
    seed: int = 42

    def __post_init__(self) -> None:
        self.require_whole(factors=1, iterations=1, seed=0)
        self.require_numbers("ridge", above_zero=True)
        self.require_numbers("alpha")


def factors_fits(users: pa.Array, items: pa.Array, weights: pa.Array, params: pa.Array) -> pa.Array:
    """Per row, the factors of the items of a fit as list<struct> (FACTORS), in order of item_id.

    users, items: list<string> [n]. weights: list<double> [n]. NULL where one of these is, and where no row of
    them is without a NULL; items that nobody has with a weight above 0 are left out. params: string [n], JSON
    as FactorsParams takes it. Raises InputError as Events.read, ParameterError, Interrupted.
    """
    valid = valid_mask(users) & valid_mask(items) & valid_mask(weights)
    fits = []
    for row in np.flatnonzero(valid).tolist():
        chosen = FactorsParams.parse(params[row].as_py())
        events = Events.read(users[row], items[row], weights[row], "factors_fit")
        valid[row] = events is not None
        if events is not None:
            factors = fit_factors(events.pairs, len(events.users), len(events.items), chosen)
            told = factors.any(axis=1)
            vectors = write_vectors(factors[told].astype(np.float32), np.ones(told.sum(), bool))
            columns = [events.items.filter(pa.array(told)), vectors]
            fits.append(pa.StructArray.from_arrays(columns, fields=list(FACTOR)))
    if not fits:
        return pa.nulls(len(valid), FACTORS)
    ends = np.cumsum([0, *map(len, fits)]).astype(np.int32)
    return scatter(pa.ListArray.from_arrays(pa.array(ends), pa.concat_arrays(fits), type=FACTORS), valid)


def fit_factors(pairs: Pairs, n_users: int, n_items: int, params: FactorsParams) -> Floats:
    """Factors of the items, float64 [n_items, factors], from pairs (user, item)."""
    turned = pairs.transposed()
    found = np.random.default_rng(params.seed).standard_normal((n_items, params.factors)) * _START
    for _ in range(params.iterations):
        of_users = _half(found, pairs, n_users, params)
        found = _half(of_users, turned, n_items, params)
    return found


def factors_of(ids: pa.Array, weights: pa.Array, handles: pa.Array, params: pa.Array) -> pa.Array:
    """Per row, the factors of the user who has these items, list<float>.

    ids: list<string> [n]. weights: list<double> [n], those of one id add up. handles: string [n], of an index
    over the factors of items. NULL where one of these is, and where the index holds no id that has a weight
    above 0. params: string [n], JSON as FactorsParams takes it. Raises UnknownHandleError, ParameterError,
    and InputError as `read_weights`.
    """
    present = valid_mask(ids) & valid_mask(weights) & valid_mask(handles)
    counts = np.where(present, list_lengths(ids), 0)
    ids = ids.filter(pa.array(present))
    flat, given = read_weights(weights, counts, present, "factors_of")
    owner = np.repeat(np.arange(len(present)), counts)
    encoded = pc.fill_null(params.cast(pa.string()), "{}").dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    result = pa.nulls(len(present), pa.list_(pa.float32()))
    for code, text in enumerate(encoded.dictionary.to_pylist()):
        chosen_params = FactorsParams.parse(text) if (present & (codes == code)).any() else FactorsParams()
        for index, chosen in rows_by_index(handles, present & (codes == code)):
            positions, known = positions_in(ids.filter(pa.array(chosen[present])), index)
            own = chosen[owner]
            used = known & given[own]
            pairs = Pairs.summed(owner[own][used], positions[used], flat[own][used])
            found, valid = _of_users(index, pairs, len(present), chosen_params)
            result = pc.if_else(pa.array(chosen), write_vectors(found, valid), result)
    return result


def _half(factors: Floats, pairs: Pairs, n_rows: int, params: FactorsParams) -> Floats:
    return fold_in(Basis.of(factors.T @ factors, params.ridge), factors, pairs, n_rows, params.alpha)


def _of_users(index: Index, pairs: Pairs, n: int, params: FactorsParams) -> tuple[np.ndarray, np.ndarray]:
    """Factors of those of n users who have any, float32 [known, f], and which these are."""
    needed, columns = np.unique(pairs.columns, return_inverse=True)
    users, rows = np.unique(pairs.rows, return_inverse=True)
    basis = Basis.of(_gram(index.handle), params.ridge)
    factors = index.matrix[needed].astype(np.float64)
    found = fold_in(basis, factors, Pairs(rows, columns, pairs.weights), len(users), params.alpha)
    told = found.any(axis=1)
    valid = np.zeros(n, bool)
    valid[users[told]] = True
    return found[told].astype(np.float32), valid


@functools.lru_cache(maxsize=64)
def _gram(handle: str) -> Floats:
    """Y'Y of an index, whose handle names its content, so that it is computed once."""
    matrix = get_index(handle).matrix
    gram = np.zeros((matrix.shape[1], matrix.shape[1]))
    for start in range(0, len(matrix), 100_000):
        block = matrix[start : start + 100_000].astype(np.float64)
        gram += block.T @ block
    return gram
