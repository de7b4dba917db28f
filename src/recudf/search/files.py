"""Indexes as files that several processes share: written once, named by their content, checked when read.

`<handle>.arrow` is an Arrow IPC file of one record batch (id string, vector FLOAT[d]) in order of the ids.
`<handle>.json` names the shards of an index that is kept in parts; its handle is the one that the whole would
have. Both stand in the folder `settings.index_uri`. An engine of several processes says so with `shared_at`.
"""

from __future__ import annotations

import json
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import fs

from recudf.errors import InputError, ParameterError, UnknownHandleError
from recudf.search.index import Index, handle_of, is_handle
from recudf.settings import Settings
from recudf.vectors import Matrix, norms, write_vectors

_COPY = 16 << 20  # bytes fetched at a time
_OPEN = 64  # files a process keeps mapped; one that is dropped can be opened again

_place = threading.local()
_opened: dict[tuple[str | None, str], Index] = {}  # by place and handle, the latest used last
_opening = threading.Lock()


@contextmanager
def shared_at(settings: Settings) -> Iterator[None]:
    """In this block, on this thread, indexes are files in the folder settings.index_uri."""
    _place.settings = settings
    try:
        yield
    finally:
        _place.settings = None


def place() -> Settings | None:
    """The settings of the block `shared_at` that this thread is in."""
    settings: Settings | None = getattr(_place, "settings", None)
    return settings


def open_index(handle: str, settings: Settings) -> Index:
    """`read_index`, once per process as long as it is used often enough."""
    with _opening:
        key = (settings.index_uri, handle)
        index = _opened.pop(key, None) or read_index(handle, settings)
        _opened[key] = index
        if len(_opened) > _OPEN:
            del _opened[next(iter(_opened))]
        return index


def write_index(handle: str, build: Callable[[], Index], settings: Settings) -> None:
    """Write what `build` returns as `<handle>.arrow`, unless it is there already.

    Raises InputError, naming the place and the setting, where it cannot be written.
    """
    with _folder(settings) as (filesystem, folder):
        path = f"{folder}/{handle}.arrow"
        if not _exists(filesystem, path):
            _write_whole(filesystem, path, lambda sink: _write_batch(build(), sink))


def write_shards(handle: str, shards: list[str], settings: Settings) -> None:
    """Write which shards make up the index `handle`, unless that is known already."""
    with _folder(settings) as (filesystem, folder):
        path = f"{folder}/{handle}.json"
        if not (_exists(filesystem, path) or _exists(filesystem, f"{folder}/{handle}.arrow")):
            text = json.dumps({"shards": shards}).encode()
            _write_whole(filesystem, path, lambda sink: sink.write(text))


def read_shards(handle: str, settings: Settings) -> list[str]:
    """The handles of an index's parts; its own alone where it is whole. Raises UnknownHandleError."""
    with _folder(settings) as (filesystem, folder):
        _require_handle(handle, settings)
        if _exists(filesystem, f"{folder}/{handle}.arrow"):
            return [handle]
        path = f"{folder}/{handle}.json"
        if not _exists(filesystem, path):
            raise _unknown(handle, settings)
        with filesystem.open_input_stream(path) as source:
            text = source.read()
    try:
        shards = json.loads(text)["shards"]
    except (ValueError, TypeError, KeyError):
        shards = None
    if not isinstance(shards, list) or not all(isinstance(s, str) and is_handle(s) for s in shards):
        raise _altered(path, handle)
    return shards


def read_index(handle: str, settings: Settings) -> Index:
    """The index of `<handle>.arrow`, memory-mapped.

    A file that this machine sees is mapped where it lies, so the processes of one machine share its pages;
    one from elsewhere is fetched into a temporary file of this process. Raises UnknownHandleError where there
    is none, InputError where its content is not what the handle says.
    """
    with _folder(settings) as (filesystem, folder):
        _require_handle(handle, settings)
        path = f"{folder}/{handle}.arrow"
        if not _exists(filesystem, path):
            raise _unknown(handle, settings)
        if isinstance(filesystem, fs.LocalFileSystem):
            return _map(path, path, handle)
        with tempfile.NamedTemporaryFile(prefix="recudf-", dir=settings.temp_directory) as file:
            with filesystem.open_input_stream(path) as source:
                while block := source.read(_COPY):
                    file.write(block)
            file.flush()
            return _map(file.name, path, handle)  # the map holds the file when its name is gone


def _map(file: str, path: str, handle: str) -> Index:
    """Map a file and check it: its schema, the order of its ids, and that its content has this handle."""
    try:
        whole = pa.memory_map(file).read_buffer()
        reader = pa.ipc.open_file(pa.BufferReader(whole))
        batch = reader.get_batch(0)
        ids, vectors = batch.column("id"), batch.column("vector")
    except (pa.ArrowInvalid, OSError, KeyError, IndexError):
        raise _altered(path, handle) from None
    fits = (
        reader.num_record_batches == 1
        and ids.type == pa.string()
        and pa.types.is_fixed_size_list(vectors.type)
        and vectors.type.value_type == pa.float32()
        and not ids.null_count + vectors.null_count + vectors.values.null_count
        and len(ids) > 0
    )
    if not fits:
        raise _altered(path, handle)
    offset = vectors.values.buffers()[1].address - whole.address
    shape = (len(vectors), vectors.type.list_size)
    matrix: Matrix = np.memmap(file, np.float32, mode="c", offset=offset, shape=shape)
    lengths = norms(matrix)
    ascending = pc.all(pc.less(ids[:-1], ids[1:])).as_py() is not False
    if not (ascending and np.isfinite(lengths).all() and lengths.all() and handle_of(ids, matrix) == handle):
        raise _altered(path, handle)
    return Index(handle, ids, matrix, 1.0 / lengths)


def _write_batch(index: Index, sink: Any) -> None:
    vectors = write_vectors(index.matrix, np.ones(len(index), bool), fixed=True)
    batch = pa.RecordBatch.from_arrays([index.ids, vectors], ["id", "vector"])
    with pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)


def _write_whole(filesystem: fs.FileSystem, path: str, write: Callable[[Any], object]) -> None:
    """Write under another name, then rename: nobody reads half a file. Equal names have equal content."""
    unfinished = f"{path}.{uuid.uuid4().hex}"
    try:
        with filesystem.open_output_stream(unfinished) as sink:
            write(sink)
        filesystem.move(unfinished, path)
    except OSError:
        if _exists(filesystem, unfinished):
            filesystem.delete_file(unfinished)
        if not _exists(filesystem, path):  # else another process was faster, where a move does not replace
            raise


@contextmanager
def _folder(settings: Settings) -> Iterator[tuple[fs.FileSystem, str]]:
    """The folder of settings.index_uri; what goes wrong there names it."""
    uri = settings.index_uri
    assert uri is not None
    try:
        filesystem, folder = _resolve(uri)
        filesystem.create_dir(folder, recursive=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ParameterError(
            f"index_uri is {uri!r}: give an absolute path or a URI such as s3://bucket/indexes ({error})"
        ) from None
    except OSError as error:
        raise _unusable(uri, error) from None
    try:
        yield filesystem, folder.rstrip("/")
    except (InputError, UnknownHandleError):
        raise
    except OSError as error:
        raise _unusable(uri, error) from None


def _resolve(uri: str) -> tuple[fs.FileSystem, str]:
    filesystem, folder = fs.FileSystem.from_uri(uri)
    return filesystem, folder


def _exists(filesystem: fs.FileSystem, path: str) -> bool:
    return bool(filesystem.get_file_info(path).type == fs.FileType.File)


def _require_handle(handle: str, settings: Settings) -> None:
    if not is_handle(handle):  # and so no path that leads elsewhere
        raise _unknown(handle, settings)


def _unknown(handle: str, settings: Settings) -> UnknownHandleError:
    return UnknownHandleError(
        f"no index {handle!r} in {settings.index_uri}: make it with vector_index(id, vector) in the same "
        "statement; index_uri must name one folder that the driver and every executor share"
    )


def _altered(path: str, handle: str) -> InputError:
    return InputError(f"{path} does not hold the index {handle}: remove it, and it is written anew")


def _unusable(uri: str, error: OSError) -> InputError:
    return InputError(
        f"cannot use index_uri {uri!r}: {error}: give a folder that the driver and every executor can write"
    )
