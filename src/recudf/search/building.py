"""Rows of an aggregate -> indexes: the kernel of `vector_index`."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import InputError, VectorError
from recudf.search.files import place
from recudf.search.index import build, handle_of
from recudf.search.store import add_index
from recudf.settings import Settings
from recudf.vectors import is_vector_type, read_vectors, valid_mask


def build_indexes(groups: pa.Array, settings: Settings) -> pa.Array:
    """One index per group of rows; their handles, NULL for a group without vectors.

    groups: list<struct<id string, vector>> [n_groups]. Rows with a NULL vector are skipped. Raises
    InputError for a NULL or duplicate id, VectorError for a zero vector, NaN, infinity, and rows of
    different dimension.
    """
    return pa.array([_build_index(groups[g].values, settings) for g in range(len(groups))], pa.string())


def _build_index(rows: pa.StructArray | None, settings: Settings) -> str | None:
    if rows is None or len(rows) == 0:
        return None
    ids, vectors = (pc.struct_field(rows, name) for name in ("id", "vector"))
    if not is_vector_type(vectors.type):
        raise InputError(f"vector_index: vector is of type {vectors.type}: give FLOAT[n] or FLOAT[]")
    try:
        column = read_vectors(vectors)
    except VectorError as error:
        raise VectorError(f"vector_index: {error} ({_odd_one(ids, vectors)})") from None
    if len(column.matrix) == 0:
        return None
    if not column.valid.all():
        ids = ids.filter(pa.array(column.valid))
    if ids.null_count:
        number = int(np.flatnonzero(~valid_mask(ids))[0])
        raise InputError(
            f"vector_index: a vector ({_preview(column.matrix[number])}) has no id: "
            "give it one or remove the row"
        )
    if place() is not None and column.matrix.nbytes > settings.index_shard_bytes:
        raise InputError(
            f"vector_index: {column.matrix.nbytes:,} bytes of vectors, index_shard_bytes is "
            f"{settings.index_shard_bytes:,}: group by a hash of the id and join the parts with index_union"
        )
    handle = handle_of(ids, column.matrix)
    add_index(handle, lambda: build(handle, ids, column.matrix), settings)
    return handle


def _odd_one(ids: pa.Array, vectors: pa.Array) -> str:
    """Which row to look at: a vector with a NULL inside, else one of the rarest number of components."""
    rows = [(i, v) for i, v in zip(ids.to_pylist(), vectors.to_pylist(), strict=True) if v is not None]
    sizes = Counter(len(vector) for _, vector in rows)
    name, vector = min(rows, key=lambda row: (None not in row[1], sizes[len(row[1])], str(row[0])))
    return f"id {name!r} has {len(vector)} components" + (", some NULL" if None in vector else "")


def _preview(vector: np.ndarray) -> str:
    shown = ", ".join(f"{value:g}" for value in vector[:3])
    return shown + (", ..." if len(vector) > 3 else "")
