"""What a handle names: ids and their vectors, in the order of the ids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import InputError, VectorError
from recudf.search.hashing import content_hash
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
