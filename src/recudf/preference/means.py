"""Weighted means of vectors, and vectors scaled to length 1: what a user's history adds up to."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import InputError
from recudf.vectors import read_vectors, require_finite, unit, valid_mask, write_vectors

LARGEST_WEIGHT = 1e100  # sums over any number of vectors stay finite


def weighted_means(vectors: pa.Array, weights: pa.Array) -> pa.Array:
    """Per row, sum(w v) / sum(|w|) over the list of vectors, in float64; NULL where nothing is left.

    vectors: list<vector> [n]. weights: list<double> [n], a NULL row meaning weight 1 for every vector.
    Pairs with a NULL vector or weight are skipped. Raises InputError where a row's lists differ in length or
    a weight is NaN, infinite or beyond LARGEST_WEIGHT.
    """
    import scipy.sparse as sp  # 0.2 s, so not at registration

    empty = pa.nulls(len(vectors), pa.list_(pa.float32()))
    if pa.types.is_null(vectors.type) or pa.types.is_null(vectors.type.value_type):
        return empty
    counts = pc.fill_null(pc.list_value_length(vectors), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    column = read_vectors(vectors.flatten(), "vectors")
    if len(column.matrix) == 0:
        return empty
    require_finite(column.matrix, "vector")
    weight, given = _flat_weights(weights, counts, valid_mask(vectors))
    used = column.valid & given
    row = np.repeat(np.arange(len(vectors)), counts)[used]
    position = (np.cumsum(column.valid) - 1)[used]
    shape = (len(vectors), len(column.matrix))
    sums = sp.csr_matrix((weight[used], (row, position)), shape) @ column.matrix.astype(np.float64)
    totals = np.bincount(row, np.abs(weight[used]), len(vectors))
    valid = totals > 0
    means = (sums[valid] / totals[valid, None]).astype(np.float32)
    return write_vectors(means, valid)


def _flat_weights(
    weights: pa.Array, counts: np.ndarray, has_vectors: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One weight per vector, in the order of the flattened vectors, and whether it is not NULL."""
    given = valid_mask(weights)
    lengths = pc.fill_null(pc.list_value_length(weights), 0).to_numpy(zero_copy_only=False)
    if (wrong := np.flatnonzero(given & has_vectors & (lengths != counts))).size:
        raise InputError(
            f"vector_mean: {counts[wrong[0]]} vectors but {lengths[wrong[0]]} weights: give one each"
        )
    flat = np.ones(counts.sum())
    in_row = np.repeat(given & has_vectors, counts)
    kept = weights.filter(pa.array(given & has_vectors)).flatten()
    present = np.ones(len(flat), bool)
    present[in_row] = valid_mask(kept)
    flat[in_row] = pc.fill_null(kept.cast(pa.float64()), 0).to_numpy(zero_copy_only=False)
    if (wrong := flat[~(np.abs(flat) <= LARGEST_WEIGHT)]).size:
        raise InputError(
            f"vector_mean: a weight is {wrong[0]:g}: "
            f"give numbers up to {LARGEST_WEIGHT:g}, or NULL to skip a vector"
        )
    return flat, present


def unit_vectors(vectors: pa.Array) -> pa.Array:
    """Per row, the vector scaled to length 1; NULL for NULL and for a zero vector.

    Raises VectorError for NaN, infinity and rows of different length.
    """
    column = read_vectors(vectors)
    require_finite(column.matrix, "vector")
    scaled = unit(column.matrix)
    kept = scaled.any(axis=1)
    valid = column.valid.copy()
    valid[column.valid] = kept
    return write_vectors(scaled[kept], valid)
