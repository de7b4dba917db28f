"""The indexes of this process, by handle.

Beyond a budget of bytes the oldest matrices move to temporary files, which have no name (so they vanish with
the process, however it ends; Windows deletes them as it closes them) and are served memory-mapped. The files
have a bound, too: beyond it the oldest indexes are forgotten that no running statement has made or asked for.
"""

from __future__ import annotations

import dataclasses
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recudf.errors import InputError, UnknownHandleError
from recudf.search import files
from recudf.search.index import Index, join
from recudf.settings import Settings
from recudf.vectors import Matrix

Copy = npt.NDArray[np.generic]


@dataclass(frozen=True)
class _File:
    """Matrices that moved together: a file each would be too many, as a process may open about 1,000."""

    nbytes: int
    handles: frozenset[str]


class IndexStore:
    """Indexes by handle, each built once, and copies of them in other number formats, which may be dropped.

    Safe under threads. Who holds an Index keeps what it holds: moving a matrix replaces the entry, not the
    object. An engine names the statement that a kernel works for (`used_by`): what this statement has built
    or asked for stays until its session begins another one or ends; what is used without a name, for good.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._indexes: dict[str, Index] = {}  # oldest first
        self._matrix_bytes = 0  # of those in memory
        self._files: list[_File] = []  # oldest first
        self._copies: dict[str, tuple[Copy, float]] = {}
        self._user = threading.local()
        self._held: dict[int, tuple[int, set[str]]] = {}  # session: its statement, and the handles of that
        self._ended: deque[int] = deque()
        self._kept: set[str] = set()

    @contextmanager
    def used_by(self, session: int, statement: int) -> Iterator[None]:
        """In this block, on this thread, indexes are used by a statement; a session runs one at a time."""
        self._user.name = (session, statement)
        try:
            yield
        finally:
            self._user.name = None

    def end_session(self, session: int) -> None:
        """Let go of what the last statement of a session used. May be called while collecting garbage."""
        self._ended.append(session)  # no lock: this thread may be in the middle of anything

    def get(self, handle: str) -> Index:
        """The index of a handle. Raises UnknownHandleError."""
        with self._lock:
            index = self._indexes.get(handle)
            if index is not None:
                self._hold(handle)
                return index
        raise UnknownHandleError(
            f"no index {handle!r} in this process: "
            "make it with vector_index(id, vector) in the same statement"
        )

    def add(self, handle: str, build: Callable[[], Index], settings: Settings) -> None:
        """Keep what `build` returns under `handle`, unless it is there; then bring memory into the budget.

        Raises InputError where there is no room left, in which case the index is not kept.
        """
        with self._lock:
            self._hold(handle)
            if handle not in self._indexes:
                self._indexes[handle] = index = build()
                self._matrix_bytes += index.matrix.nbytes
                try:
                    self._fit(settings)
                except InputError:
                    self._forget([handle])
                    raise

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
            return self._matrix_bytes + sum(values.nbytes for values, _ in self._copies.values())

    def disk_bytes(self) -> int:
        """Bytes of the temporary files."""
        with self._lock:
            return sum(file.nbytes for file in self._files)

    def clear(self) -> None:
        """Forget everything, as benchmarks and tests want it: handles made before become unknown."""
        with self._lock:
            for kept in (self._indexes, self._copies, self._files, self._held, self._kept):
                kept.clear()
            self._matrix_bytes = 0

    def _hold(self, handle: str) -> None:
        user = getattr(self._user, "name", None)
        if user is None:
            self._kept.add(handle)
            return
        session, statement = user
        if session not in self._held or self._held[session][0] != statement:
            self._held[session] = (statement, set())
        self._held[session][1].add(handle)

    def _in_use(self) -> set[str]:
        while self._ended:
            self._held.pop(self._ended.popleft(), None)
        return self._kept.union(*(handles for _, handles in self._held.values()))

    def _fit(self, settings: Settings) -> None:
        budget = settings.index_memory_bytes
        while self.resident_bytes() > budget and len(self._copies) > 1:
            del self._copies[next(iter(self._copies))]
        moving = self._to_move(budget)
        if not moving:
            return
        if not self._has_room(moving, settings):
            moving = self._make_room(moving, settings)
        for index, matrix in zip(moving, _map([i.matrix for i in moving], settings), strict=True):
            self._indexes[index.handle] = dataclasses.replace(index, matrix=matrix)
        if moving:
            size = sum(index.matrix.nbytes for index in moving)
            self._matrix_bytes -= size
            self._files.append(_File(size, frozenset(index.handle for index in moving)))

    def _to_move(self, budget: int) -> list[Index]:
        """The oldest indexes in memory, as many as are beyond the budget."""
        excess = self.resident_bytes() - budget
        if excess <= 0:
            return []
        excess += budget // 8  # a little more than needed, so that small indexes share a file
        moving: list[Index] = []
        for index in self._indexes.values():
            if excess <= 0:
                break
            if not isinstance(index.matrix, np.memmap):
                moving.append(index)
                excess -= index.matrix.nbytes
        return moving

    def _has_room(self, moving: Sequence[Index], settings: Settings) -> bool:
        needed = sum(index.matrix.nbytes for index in moving)
        return self.disk_bytes() + needed <= settings.index_disk_bytes

    def _make_room(self, moving: list[Index], settings: Settings) -> list[Index]:
        """Forget what nobody uses, the oldest files first, until the disk has room; who is still to move."""
        used = self._in_use()
        for file in [file for file in self._files if file.handles.isdisjoint(used)]:
            self._forget(file.handles)
            self._files.remove(file)
            if self._has_room(moving, settings):
                return moving
        self._forget(
            [h for h, i in self._indexes.items() if h not in used and not isinstance(i.matrix, np.memmap)]
        )
        moving = self._to_move(settings.index_memory_bytes)
        if not self._has_room(moving, settings):
            needed = self.disk_bytes() + sum(index.matrix.nbytes for index in moving)
            raise InputError(
                f"indexes in use need {needed:,} bytes of temporary files, "
                f"index_disk_bytes is {settings.index_disk_bytes:,}: "
                "raise it or index_memory_bytes, or run fewer statements at once"
            )
        return moving

    def _forget(self, handles: Iterable[str]) -> None:
        for handle in handles:
            index = self._indexes.pop(handle)
            self._matrix_bytes -= 0 if isinstance(index.matrix, np.memmap) else index.matrix.nbytes
            self._copies.pop(handle, None)


def _map(matrices: Sequence[Matrix], settings: Settings) -> list[Matrix]:
    """The same matrices, from a temporary file without a name. Raises InputError if it cannot be written."""
    if not matrices:
        return []
    try:
        with tempfile.TemporaryFile(prefix="recudf-", dir=settings.temp_directory) as file:
            # written, not assigned through the map: a full disk is then an error, not a crash
            for matrix in matrices:
                matrix.tofile(file)
            file.flush()
            ends = np.cumsum([matrix.size for matrix in matrices])
            whole = np.memmap(file, np.float32, mode="c", shape=(int(ends[-1]),))
    except OSError as error:
        where = settings.temp_directory or tempfile.gettempdir()
        size = sum(matrix.nbytes for matrix in matrices)
        raise InputError(
            f"cannot move indexes of {size:,} bytes to {where}: {error}: "
            "free space there, set temp_directory, or raise index_memory_bytes"
        ) from None
    parts = np.split(whole, ends[:-1])
    return [part.reshape(matrix.shape) for part, matrix in zip(parts, matrices, strict=True)]


STORE = IndexStore()


def add_index(handle: str, build: Callable[[], Index], settings: Settings) -> None:
    """Keep what `build` returns: in this process, or as a file where processes share indexes."""
    if files.place() is None:
        STORE.add(handle, build, settings)
    else:
        files.write_index(handle, build, settings)


def get_shards(handle: str) -> list[Index]:
    """The parts of an index; in one process it is whole. Raises UnknownHandleError."""
    place = files.place()
    if place is None:
        return [STORE.get(handle)]
    return [files.open_index(shard, place) for shard in files.read_shards(handle, place)]


def get_index(handle: str) -> Index:
    """The index that `vector_index` has named so, its parts put together. Raises UnknownHandleError."""
    shards = get_shards(handle)
    return shards[0] if len(shards) == 1 else join(handle, shards)
