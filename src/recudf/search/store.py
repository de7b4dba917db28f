"""The indexes of this process, by handle.

An index lives as long as its process. Beyond a budget of bytes the oldest matrices move to temporary files,
which have no name (so they vanish with the process, however it ends) and are served memory-mapped.
"""

from __future__ import annotations

import dataclasses
import tempfile
import threading
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from recudf.errors import InputError, UnknownHandleError
from recudf.search.index import Index
from recudf.settings import Settings
from recudf.vectors import Matrix

Copy = npt.NDArray[np.generic]


class IndexStore:
    """Indexes by handle, each built once, and copies of them in other number formats, which may be dropped.

    Safe under threads. Who holds an Index keeps what it holds: moving a matrix replaces the entry, not the
    object.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._indexes: dict[str, Index] = {}  # oldest first
        self._copies: dict[str, tuple[Copy, float]] = {}

    def get(self, handle: str) -> Index:
        """The index of a handle. Raises UnknownHandleError."""
        with self._lock:
            index = self._indexes.get(handle)
        if index is None:
            raise UnknownHandleError(
                f"no index {handle!r} in this process: "
                "make it with vector_index(id, vector) in the same statement"
            )
        return index

    def add(self, handle: str, build: Callable[[], Index], settings: Settings) -> None:
        """Keep what `build` returns under `handle`, unless it is there; then bring memory into the budget."""
        with self._lock:
            if handle not in self._indexes:
                self._indexes[handle] = build()
                self._fit(settings)

    def copy(
        self, index: Index, make: Callable[[Index], tuple[Copy, float]], settings: Settings
    ) -> tuple[Copy, float]:
        """A copy of the matrix in another number format, with its error; dropped before any index moves."""
        with self._lock:
            found = self._copies.pop(index.handle, None) or make(index)
            self._copies[index.handle] = found  # last: the newest
            self._fit(settings)
            return found

    def resident_bytes(self) -> int:
        """Bytes of matrices and copies held in memory."""
        with self._lock:
            matrices = (
                i.matrix.nbytes for i in self._indexes.values() if not isinstance(i.matrix, np.memmap)
            )
            return sum(matrices) + sum(values.nbytes for values, _ in self._copies.values())

    def clear(self) -> None:
        """Forget everything, as benchmarks and tests want it: handles made before become unknown."""
        with self._lock:
            self._indexes.clear()
            self._copies.clear()

    def _fit(self, settings: Settings) -> None:
        while self.resident_bytes() > settings.index_memory_bytes and len(self._copies) > 1:
            del self._copies[next(iter(self._copies))]
        for handle, index in list(self._indexes.items()):
            if self.resident_bytes() <= settings.index_memory_bytes:
                break
            if not isinstance(index.matrix, np.memmap):
                moved = _map(index.matrix, settings.temp_directory)
                self._indexes[handle] = dataclasses.replace(index, matrix=moved)


def _map(matrix: Matrix, directory: str | None) -> Matrix:
    """The same matrix, from a temporary file without a name. Raises InputError where it cannot be written."""
    try:
        with tempfile.TemporaryFile(prefix="recudf-", dir=directory) as file:
            # written, not assigned through the map: a full disk is then an error, not a crash
            matrix.tofile(file)
            file.flush()
            return np.memmap(file, matrix.dtype, mode="c", shape=matrix.shape)
    except OSError as error:
        where = directory or tempfile.gettempdir()
        raise InputError(
            f"cannot move an index of {matrix.nbytes:,} bytes to {where}: {error}: "
            "free space there, set temp_directory, or raise index_memory_bytes"
        ) from None


STORE = IndexStore()


def get_index(handle: str) -> Index:
    """The index that `vector_index` has named so in this process. Raises UnknownHandleError."""
    return STORE.get(handle)
