"""Weighted means of vectors, and vectors scaled to length 1: what a user's history adds up to."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from recudf.vectors import (
    list_lengths,
    read_vectors,
    read_weights,
    require_finite,
    unit,
    valid_mask,
    weighted_rows,
    write_vectors,
)


def weighted_means(vectors: pa.Array, weights: pa.Array) -> pa.Array:
    """Per row, sum(w v) / sum(|w|) over the list of vectors, in float64; NULL where nothing is left.

    vectors: list<vector> [n]. weights: list<double> [n], a NULL row meaning weight 1 for every vector.
    Pairs with a NULL vector or weight are skipped. Raises InputError where a row's lists differ in length or
    a weight is NaN, infinite or beyond LARGEST_WEIGHT.
    """
    empty = pa.nulls(len(vectors), pa.list_(pa.float32()))
    if pa.types.is_null(vectors.type) or pa.types.is_null(vectors.type.value_type):
        return empty
    counts = list_lengths(vectors)
    column = read_vectors(vectors.flatten(), "vectors")
    if len(column.matrix) == 0:
        return empty
    require_finite(column.matrix, "vector")
    weight, given = read_weights(weights, counts, valid_mask(vectors), "vector_mean")
    used = column.valid & given
    owners = np.repeat(np.arange(len(vectors)), counts)[used]
    rows = (np.cumsum(column.valid) - 1)[used]
    means, valid = weighted_rows(column.matrix, owners, rows, weight[used], len(vectors))
    return write_vectors(means, valid)


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
