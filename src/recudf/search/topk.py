"""Query vectors, handles and k -> nearest neighbours: the kernel of `cosine_topk`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import ParameterError
from recudf.search.exact import top_k
from recudf.search.index import Index
from recudf.search.scoring import Excluded, Ints
from recudf.search.shards import Found, merge_hits
from recudf.search.store import get_shards
from recudf.settings import Settings
from recudf.vectors import Mask, read_vectors, require_dimension, require_finite, valid_mask

NEIGHBOUR = pa.struct([("id", pa.string()), ("score", pa.float32()), ("rank", pa.int32())])


def nearest(
    queries: pa.Array, handles: pa.Array, k: pa.Array, exclude: pa.Array, settings: Settings
) -> pa.Array:
    """The k nearest ids of every query by cosine, best first, ties by id: list<struct<id, score, rank>> [n].

    queries: vectors [n]. handles: string [n]. k: int64 [n]. exclude: list<string> [n], ids that are left out
    before ranking; NULL excludes nothing, as do NULL and unknown ids inside. NULL where query, handle or k is
    NULL, and for a zero query, which has no direction. Raises ParameterError for k < 1, VectorError for NaN,
    infinity and a dimension other than the index's, UnknownHandleError.
    """
    column = read_vectors(queries, "query")
    require_finite(column.matrix, "query")
    answered = column.valid & valid_mask(handles) & valid_mask(k)
    answered[column.valid] &= column.matrix.any(axis=1)
    counts = pc.fill_null(k, 1).to_numpy(zero_copy_only=False).astype(np.int64)
    if (wrong := counts[valid_mask(k) & (counts < 1)]).size:
        raise ParameterError(f"cosine_topk: k is {wrong[0]}: give at least 1")

    at = np.cumsum(column.valid) - 1
    parts = []
    for handle, rows in _rows_by_handle(handles, answered):
        matrix = column.matrix if len(rows) == len(column.matrix) else column.matrix[at[rows]]
        shards = []
        for index in get_shards(handle):
            require_dimension(column.dimension, index.dimension, "query", f"index {handle!r}")
            excluded = _excluded(exclude, rows, index)
            shards.append((index, top_k(index, matrix, counts[rows], excluded, settings)))
        found, ids, scores = merge_hits(shards, counts[rows])
        parts.append((rows[found], ids, scores))
    return _assemble(parts, answered)


def _rows_by_handle(handles: pa.Array, answered: Mask) -> list[tuple[str, Ints]]:
    """Each handle with the numbers of its answered rows; a constant arrives as a full column."""
    rows = np.flatnonzero(answered)
    encoded = handles.filter(pa.array(answered)).dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return [(handle, rows[codes == code]) for code, handle in enumerate(encoded.dictionary.to_pylist())]


def _excluded(exclude: pa.Array, rows: Ints, index: Index) -> Excluded:
    if pa.types.is_null(exclude.type) or exclude.null_count == len(exclude):
        return Excluded.nothing(len(rows))
    lists = exclude if len(rows) == len(exclude) else exclude.take(pa.array(rows))
    owner = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    found = pc.index_in(lists.flatten(), value_set=index.ids)
    known = valid_mask(found)
    positions = found.drop_null().to_numpy(zero_copy_only=False).astype(np.int64)
    offsets = np.concatenate(([0], np.cumsum(np.bincount(owner[known], minlength=len(rows)))))
    return Excluded(offsets, positions)


def _assemble(parts: list[Found], answered: Mask) -> pa.Array:
    """One list per row, from what was found, sorted within each part."""
    rows = np.concatenate([np.zeros(0, np.int64), *(rows for rows, _, _ in parts)])
    counts = np.bincount(rows, minlength=len(answered))
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    order = np.argsort(rows, kind="stable")
    ids = pa.concat_arrays([pa.array([], pa.string()), *(ids for _, ids, _ in parts)]).take(pa.array(order))
    scores = np.concatenate([np.zeros(0, np.float32), *(scores for _, _, scores in parts)])[order]
    ranks = np.arange(1, len(rows) + 1) - np.repeat(offsets[:-1], counts)
    values = pa.StructArray.from_arrays(
        [ids, pa.array(scores), pa.array(ranks.astype(np.int32))], fields=list(NEIGHBOUR)
    )
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(~answered))
