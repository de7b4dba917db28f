"""What a handle names: ids and their vectors, in the order of the ids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import InputError, VectorError
from recudf.search.hashing import content_hash, joined_hash
from recudf.vectors import Matrix, norms


@dataclass(frozen=True, eq=False)
class Index:
    """Vectors by id, in canonical order: sorted by id, so that ties by position are ties by id.

    ids: [n], sorted by their UTF-8 bytes, no NULLs, no duplicates. matrix: float32 [n, dimension], as given,
    not scaled, perhaps a read-only memory map. inverse_norms: float64 [n], 1 / Euclidean length of each row.
    """

    handle: str
    ids: pa.StringArray
    matrix: Matrix
    inverse_norms: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dimension(self) -> int:
        """The number of components of each vector."""
        return int(self.matrix.shape[1])


def handle_of(ids: pa.StringArray, matrix: Matrix) -> str:
    """The name of the index over these rows, whatever their order: shape, then a hash of the content."""
    return f"index_{matrix.shape[0]}x{matrix.shape[1]}_{content_hash(ids, matrix)}"


def is_handle(text: str) -> bool:
    """Whether a text has the form of a handle."""
    return _HANDLE.fullmatch(text) is not None


def shape_of(handle: str) -> tuple[int, int]:
    """Rows and components of the index that a handle names."""
    rows, dimension, _ = _parts(handle)
    return rows, dimension


def joined_handle(handles: Sequence[str]) -> str:
    """The handle of the index that holds the rows of all these, which have no id in common."""
    parts = [_parts(handle) for handle in handles]
    rows = sum(rows for rows, _, _ in parts)
    return f"index_{rows}x{parts[0][1]}_{joined_hash([digest for _, _, digest in parts])}"


def _parts(handle: str) -> tuple[int, int, str]:
    match = _HANDLE.fullmatch(handle)
    assert match is not None
    return int(match[1]), int(match[2]), match[3]


_HANDLE = re.compile(r"index_(\d+)x(\d+)_([0-9a-f]{32})")


def build(handle: str, ids: pa.StringArray, matrix: Matrix) -> Index:
    """Copy rows into canonical order and check them.

    Raises InputError for a duplicate id, VectorError for a zero vector, NaN or infinity; each names the id.
    """
    order = pc.sort_indices(ids)
    ids = ids.take(order)  # a copy: a slice would pin the whole batch it came from
    duplicate = pc.equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
    if duplicate.any():
        name = ids[int(duplicate.argmax())].as_py()
        raise InputError(f"vector_index: id {name!r} occurs more than once: give each id one vector")
    matrix = np.take(matrix, order.to_numpy(zero_copy_only=False), axis=0)
    lengths = norms(matrix)
    if (wrong := np.flatnonzero(~np.isfinite(lengths))).size:
        raise VectorError(
            f"vector_index: the vector of id {ids[int(wrong[0])].as_py()!r} holds NaN or infinity: "
            "remove the row or make the vector NULL"
        )
    if (wrong := np.flatnonzero(lengths == 0)).size:
        raise VectorError(
            f"vector_index: the vector of id {ids[int(wrong[0])].as_py()!r} is zero and has no direction: "
            "remove the row or make the vector NULL"
        )
    return Index(handle, ids, matrix, 1.0 / lengths)


def join(handle: str, parts: Sequence[Index]) -> Index:
    """One index with the rows of several, which have no id in common."""
    ids = pa.concat_arrays([part.ids for part in parts])
    return build(handle, ids, np.concatenate([part.matrix for part in parts]))
