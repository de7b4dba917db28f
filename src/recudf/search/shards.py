"""An index in parts: the kernel of `index_union`, and the best of the parts' best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import InputError
from recudf.search.exact import Hits
from recudf.search.files import place, write_shards
from recudf.search.index import Index, join, joined_handle
from recudf.search.scoring import Ints, Scores
from recudf.search.store import STORE, get_shards
from recudf.settings import Settings
from recudf.vectors import require_dimension

Found = tuple[Ints, pa.StringArray, Scores]  # row of the query, id, cosine; sorted by (row, rank)


def join_indexes(lists: pa.Array, settings: Settings) -> pa.Array:
    """Per row, the handle of the index that holds the rows of all indexes in a list: string [n].

    lists: list<string> [n]. NULL and repeated handles are skipped; a NULL list or no handle -> NULL. The
    handle is that of vector_index over all the rows. Where indexes are files the parts stay apart, elsewhere
    they are copied. Raises InputError for an id that two of them hold, VectorError for different dimensions,
    UnknownHandleError.
    """
    return pa.array([_join(handles, settings) for handles in lists.to_pylist()], pa.string())


def _join(handles: list[str | None] | None, settings: Settings) -> str | None:
    given = sorted({handle for handle in handles or () if handle is not None})
    shards = list({shard.handle: shard for handle in given for shard in get_shards(handle)}.values())
    if len(shards) < 2:
        return given[0] if given else None
    for shard in shards[1:]:
        require_dimension(
            shard.dimension, shards[0].dimension, f"index {shard.handle!r}", f"{shards[0].handle!r}"
        )
    ids = pa.concat_arrays([shard.ids for shard in shards])
    if pc.count_distinct(ids).as_py() < len(ids):
        counts = pc.value_counts(ids)
        twice = pc.struct_field(counts.filter(pc.greater(pc.struct_field(counts, "counts"), 1)), "values")
        raise InputError(
            f"index_union: id {pc.min(twice).as_py()!r} is in more than one index: "
            "group by a function of the id, such as a hash"
        )
    joined = joined_handle([shard.handle for shard in shards])
    if place() is None:
        STORE.add(joined, lambda: join(joined, shards), settings)
    else:
        write_shards(joined, [shard.handle for shard in shards], settings)
    return joined


def merge_hits(parts: Sequence[tuple[Index, Hits]], k: Ints) -> Found:
    """The k[row] best of all parts for each query row, ties by id."""
    if len(parts) == 1:
        index, hits = parts[0]
        return hits.rows, index.ids.take(pa.array(hits.positions)), hits.scores
    table = pa.table(
        {
            "row": np.concatenate([hits.rows for _, hits in parts]),
            "score": np.concatenate([hits.scores for _, hits in parts]),
            "id": pa.concat_arrays([index.ids.take(pa.array(hits.positions)) for index, hits in parts]),
        }
    ).sort_by([("row", "ascending"), ("score", "descending"), ("id", "ascending")])
    rows = table["row"].to_numpy()
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
    best = table.filter(pa.array(rank < k[rows]))
    ids = pa.concat_arrays([pa.array([], pa.string()), *best["id"].chunks])
    return best["row"].to_numpy(), ids, best["score"].to_numpy()
