"""Arrow arrays <-> matrices, null masks, scatter: the only place for that logic.

A vector column is `FLOAT[n]` or `FLOAT[]` (any numeric element type) whose rows share one dimension.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import InputError, VectorError

Matrix = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

LARGEST_WEIGHT = 1e100  # sums over any number of vectors stay finite


@dataclass(frozen=True)
class VectorColumn:
    """The rows of a vector column that hold a vector.

    matrix: float32 [n_valid, dimension]. valid: bool [n_rows], True where the row is not NULL.
    A column of NULLs alone has dimension 0.
    """

    matrix: Matrix
    valid: Mask

    @property
    def dimension(self) -> int:
        """The number of components of each vector."""
        return int(self.matrix.shape[1])


def valid_mask(array: pa.Array) -> Mask:
    """True where a row is not NULL: bool [n_rows]."""
    mask: Mask = np.asarray(pc.is_valid(array).to_numpy(zero_copy_only=False), dtype=bool)
    return mask


def is_vector_type(type_: pa.DataType) -> bool:
    """Whether a column of this Arrow type can hold vectors (an untyped NULL counts)."""
    if pa.types.is_null(type_):
        return True
    if not (pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_)):
        return False
    element = type_.value_type
    return bool(
        pa.types.is_floating(element)
        or pa.types.is_integer(element)
        or pa.types.is_decimal(element)
        or pa.types.is_null(element)
    )


def read_vectors(array: pa.Array, name: str = "vector") -> VectorColumn:
    """The non-NULL rows of a vector column as one float32 matrix; zero-copy for FLOAT[n] without NULLs.

    Raises VectorError for another type, rows of different length, and NULL inside a vector.
    """
    if not is_vector_type(array.type):
        raise VectorError(f"{name} is of type {array.type}: give FLOAT[n] or FLOAT[]")
    valid = valid_mask(array)
    rows = array if valid.all() else array.filter(pa.array(valid))
    if len(rows) == 0 or pa.types.is_null(rows.type):
        return VectorColumn(np.zeros((0, 0), np.float32), valid)
    dimension = _shared_dimension(rows, name)
    values = rows.flatten()
    if values.null_count:
        raise VectorError(f"{name} has a NULL inside: give vectors of numbers, or NULL for the whole vector")
    if values.type != pa.float32():
        values = values.cast(pa.float32(), safe=False)
    matrix = values.to_numpy(zero_copy_only=False).reshape(len(rows), dimension)
    return VectorColumn(matrix, valid)


def require_finite(matrix: Matrix, name: str, labels: Sequence[str] | None = None) -> None:
    """Raise VectorError if a row holds NaN or infinity, naming its label (or its number in the batch)."""
    # the sum is finite only if every component is: one pass, no mask the size of the matrix
    suspects = np.flatnonzero(~np.isfinite(matrix.sum(axis=1, dtype=np.float64)))
    if len(suspects):
        label = f"of {labels[suspects[0]]!r}" if labels is not None else f"number {suspects[0]} of this batch"
        raise VectorError(f"{name} {label} holds NaN or infinity: remove the row or make the vector NULL")


def require_dimension(actual: int, expected: int, name: str, partner: str) -> None:
    """Raise VectorError if two dimensions differ."""
    if actual != expected:
        raise VectorError(
            f"{name} has {actual} components, {partner} has {expected}: embed both with the same encoder"
        )


def norms(matrix: Matrix) -> npt.NDArray[np.float64]:
    """Euclidean length of every row, float64 [n]."""
    squared: npt.NDArray[np.float64] = np.einsum("ij,ij->i", matrix, matrix, dtype=np.float64, casting="safe")
    return np.sqrt(squared)


def unit(matrix: Matrix) -> Matrix:
    """Rows scaled to length 1; a zero row stays zero."""
    lengths = norms(matrix)
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return (matrix * scale[:, None]).astype(np.float32)


def write_vectors(matrix: Matrix, valid: Mask, fixed: bool = False) -> pa.Array:
    """Rows of a matrix as a vector column, NULL where `valid` is False: FLOAT[n] if `fixed`, else FLOAT[].

    matrix: float32 [n_valid, dimension]; its rows go, in order, to the True places of `valid`.
    """
    dimension = matrix.shape[1]
    if fixed:
        full = matrix if valid.all() else np.zeros((len(valid), dimension), np.float32)
        if full is not matrix:
            full[valid] = matrix
        values = pa.array(np.ascontiguousarray(full, np.float32).reshape(-1))
        return pa.FixedSizeListArray.from_arrays(values, dimension, mask=pa.array(~valid))
    ends = np.cumsum(valid, dtype=np.int64) * dimension
    offsets = np.concatenate(([0], ends))
    return (
        pa.LargeListArray.from_arrays(
            pa.array(offsets),
            pa.array(np.ascontiguousarray(matrix, np.float32).reshape(-1)),
            mask=pa.array(~valid),
        )
        if offsets[-1] > np.iinfo(np.int32).max
        else pa.ListArray.from_arrays(
            pa.array(offsets.astype(np.int32)),
            pa.array(np.ascontiguousarray(matrix, np.float32).reshape(-1)),
            mask=pa.array(~valid),
        )
    )


def list_lengths(lists: pa.Array) -> npt.NDArray[np.int64]:
    """How many elements each list has, int64 [n]; 0 for NULL."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    counts: npt.NDArray[np.int64] = lengths.to_numpy(zero_copy_only=False).astype(np.int64)
    return counts


def list_offsets(lengths: npt.NDArray[np.int64]) -> pa.Array:
    """Where lists of these lengths begin in their flattened values, and the last one ends: int32 [n + 1]."""
    return pa.array(np.concatenate(([0], np.cumsum(lengths))).astype(np.int32))


def read_weights(
    weights: pa.Array, counts: npt.NDArray[np.int64], present: Mask, name: str
) -> tuple[npt.NDArray[np.float64], Mask]:
    """The weights of a list column in the order of its flattened partner, and which of them are not NULL.

    weights: list<number> [n]; a NULL row means weight 1 throughout. counts: int64 [n], the lengths of the
    partner's lists. present: bool [n], where the partner is not NULL. Raises InputError, naming the
    function, where a row's lists differ in length or a weight is NaN, infinite or beyond LARGEST_WEIGHT.
    """
    given = valid_mask(weights)
    lengths = list_lengths(weights)
    if (wrong := np.flatnonzero(given & present & (lengths != counts))).size:
        raise InputError(f"{name}: {counts[wrong[0]]} vectors but {lengths[wrong[0]]} weights: give one each")
    flat = np.ones(counts.sum())
    in_row = np.repeat(given & present, counts)
    kept = weights.filter(pa.array(given & present)).flatten()
    not_null = np.ones(len(flat), bool)
    not_null[in_row] = valid_mask(kept)
    flat[in_row] = pc.fill_null(kept.cast(pa.float64()), 0).to_numpy(zero_copy_only=False)
    if (wrong := flat[~(np.abs(flat) <= LARGEST_WEIGHT)]).size:
        raise InputError(
            f"{name}: a weight is {wrong[0]:g}: "
            f"give numbers up to {LARGEST_WEIGHT:g}, or NULL to skip a vector"
        )
    return flat, not_null


def weighted_rows(
    matrix: Matrix,
    owners: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float64],
    n: int,
) -> tuple[Matrix, Mask]:
    """sum(w v) / sum(|w|) over the rows v of a matrix that an owner has, in float64.

    owners, rows, weights: [m], the row `rows[i]` counts for owner `owners[i]` with weight `weights[i]`. n: of
    owners. Returns float32 [owners with any weight, d], and which of the n these are.
    """
    import scipy.sparse as sp  # 0.2 s, so not at registration

    sums = sp.csr_matrix((weights, (owners, rows)), (n, len(matrix))) @ matrix.astype(np.float64)
    totals = np.bincount(owners, np.abs(weights), n)
    valid: Mask = totals > 0
    return (sums[valid] / totals[valid, None]).astype(np.float32), valid


def scatter(values: pa.Array, valid: Mask) -> pa.Array:
    """Spread values over the True places of `valid`; NULL elsewhere. len(values) is the count of True."""
    positions = np.cumsum(valid) - 1
    return values.take(pa.array(np.where(valid, positions, 0), mask=~valid))


def _shared_dimension(rows: pa.Array, name: str) -> int:
    if pa.types.is_fixed_size_list(rows.type):
        return int(rows.type.list_size)
    lengths = pc.list_value_length(rows)
    bounds = pc.min_max(lengths).as_py()
    if bounds["min"] != bounds["max"]:
        raise VectorError(
            f"{name} has rows of {bounds['min']} and of {bounds['max']} components: one column, one dimension"
        )
    if bounds["min"] == 0:
        raise VectorError(f"{name} has no components: give at least one, or NULL")
    return int(bounds["min"])
