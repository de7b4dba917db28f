"""What the vectors of an index say about lists of its ids: means, and cosines between two lists.

Ids travel instead of vectors: a list of 384 floats per piece of evidence costs the engine a hundred times
the id.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from recudf.search.index import Index
from recudf.search.scoring import Ints
from recudf.search.store import get_index
from recudf.vectors import (
    Mask,
    list_lengths,
    list_offsets,
    read_weights,
    valid_mask,
    weighted_rows,
    write_vectors,
)

_ONE_THREAD = 200_000  # multiplications


def means_of(ids: pa.Array, handles: pa.Array, weights: pa.Array) -> pa.Array:
    """Per row, sum(w v) / sum(|w|) over the vectors v that the index holds of these ids, in float64.

    ids: list<string> [n]. handles: string [n]. weights: list<double> [n], a NULL row meaning weight 1
    throughout. Ids that are NULL or not in the index have no vector and are skipped, as are NULL weights.
    NULL where ids or handle are, and where nothing is left. Raises UnknownHandleError, and InputError as
    `read_weights`.
    """
    present = valid_mask(ids) & valid_mask(handles)
    counts = np.where(present, list_lengths(ids), 0)
    ids = ids.filter(pa.array(present))
    flat, given = read_weights(weights, counts, present, "vector_mean_of")
    owner = np.repeat(np.arange(len(present)), counts)
    result = pa.nulls(len(present), pa.list_(pa.float32()))
    for index, chosen in rows_by_index(handles, present):
        positions, known = positions_in(ids.filter(pa.array(chosen[present])), index)
        own = chosen[owner]
        used = known & given[own]
        needed, rows = np.unique(positions[used], return_inverse=True)
        means, valid = weighted_rows(
            index.matrix[needed], owner[own][used], rows, flat[own][used], len(present)
        )
        result = pc.if_else(pa.array(chosen), write_vectors(means, valid), result)
    return result


def cosine_matrices(ids: pa.Array, others: pa.Array, handles: pa.Array) -> pa.Array:
    """Per row, for each of `ids` its cosines to each of `others`: list<list<float>> [n].

    ids, others: list<string> [n]. handles: string [n]. A cosine is NULL where one of its ids is NULL or not
    in the index; a row is NULL where ids, others or handle are. Summed in float64. Raises
    UnknownHandleError.
    """
    present = valid_mask(ids) & valid_mask(others) & valid_mask(handles)
    kept = pa.array(present)
    ids, others, handles = ids.filter(kept), others.filter(kept), handles.filter(kept)
    heights, widths = list_lengths(ids), list_lengths(others)
    cells = np.zeros(int((heights * widths).sum()), np.float32)
    inside, other_inside = np.zeros(heights.sum(), bool), np.zeros(widths.sum(), bool)
    for index, chosen in rows_by_index(handles, np.ones(len(handles), bool)):
        kept = pa.array(chosen)
        (at, known), (other_at, other_known) = (positions_in(x.filter(kept), index) for x in (ids, others))
        units, (at, other_at) = _unit_rows(index, at, other_at)
        found = [
            _products(units[own], units[other])
            for own, other in zip(_split(at, heights[chosen]), _split(other_at, widths[chosen]), strict=True)
        ]
        cells[np.repeat(chosen, heights * widths)] = np.concatenate([np.zeros(0), *found])
        inside[np.repeat(chosen, heights)] = known
        other_inside[np.repeat(chosen, widths)] = other_known
    missing = ~(np.repeat(inside, np.repeat(widths, heights)) & _tiled(other_inside, widths, heights))
    values = pa.array(cells, mask=missing)
    inner = pa.ListArray.from_arrays(list_offsets(np.repeat(widths, heights)), values)
    outer_counts = np.zeros(len(present), np.int64)
    outer_counts[present] = heights
    return pa.ListArray.from_arrays(list_offsets(outer_counts), inner, mask=pa.array(~present))


def rows_by_index(handles: pa.Array, present: Mask) -> list[tuple[Index, Mask]]:
    """Each index that present rows name, with a mask of these rows."""
    encoded = pc.fill_null(handles.cast(pa.string()), "").dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    found = []
    for code, handle in enumerate(encoded.dictionary.to_pylist()):
        chosen = (codes == code) & present
        if chosen.any():
            found.append((get_index(handle), chosen))
    return found


def positions_in(lists: pa.Array, index: Index) -> tuple[Ints, Mask]:
    """The position of every flattened id, 0 where the index lacks it, and whether it holds it."""
    found = pc.index_in(lists.flatten().cast(pa.string()), value_set=index.ids)
    return pc.fill_null(found, 0).to_numpy(zero_copy_only=False).astype(np.int64), valid_mask(found)


def _products(rows: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """All inner products of two small matrices, row by row.

    In pieces for which the library wakes no threads: that takes a hundred times longer than the product.
    """
    step = max(1, _ONE_THREAD // max(1, others.size))
    parts = [rows[start : start + step] @ others.T for start in range(0, len(rows), step)]
    return np.concatenate([np.zeros((0, len(others))), *parts]).ravel()


def _unit_rows(index: Index, *positions: Ints) -> tuple[npt.NDArray[np.float64], list[Ints]]:
    """Unit rows in float64, each once, and for every position where its row is among them."""
    used, places = np.unique(np.concatenate(positions), return_inverse=True)
    units = index.matrix[used].astype(np.float64) * index.inverse_norms[used, None]
    return units, _split(places, np.array([len(part) for part in positions]))


def _split(values: Ints, counts: Ints) -> list[Ints]:
    """Consecutive parts of these lengths."""
    ends = np.cumsum(counts)
    return [values[start:end] for start, end in zip(ends - counts, ends, strict=True)]


def _tiled(values: Mask, counts: Ints, times: Ints) -> Mask:
    """Every consecutive part of these lengths, repeated so many times."""
    starts = np.repeat(np.cumsum(counts) - counts, times)
    lengths = np.repeat(counts, times)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    tiled: Mask = values[np.repeat(starts, lengths) + within]
    return tiled
