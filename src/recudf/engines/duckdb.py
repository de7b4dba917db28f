"""DuckDB: open files, register functions.

A function `f` becomes a private function `_recudf_f_<digest of its settings>` on the database instance, seen
by every cursor, and a public name on one cursor (macros.py). Nothing is written to the user's file.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recudf import interrupts
from recudf.engines.macros import create_macros, private_name, sql_type
from recudf.errors import InputError, WarehouseError
from recudf.functions import AggregateFunction, Function, check_arguments, discover
from recudf.search.store import STORE
from recudf.settings import Settings

STORAGE_VERSION = "v1.2.0"  # the oldest file format with all we need: DuckDB 1.2 to 2.x open it
SQLITE = b"SQLite format 3\0"  # how its files begin
CONFIG = {"storage_compatibility_version": STORAGE_VERSION}


def connect(
    database: str | Path = ":memory:", settings: Settings | None = None, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB database with all functions registered.

    A file made here can be opened by DuckDB 1.2 and later. Raises WarehouseError if the path is no database,
    is locked by another process, or cannot be written.
    """
    return register(open_database(database, read_only), settings)


def open_database(database: str | Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB database as it is, without functions; errors as in `connect`."""
    if _is_sqlite(Path(database)):  # for which DuckDB would fetch an extension, and write tables of SQLite
        raise WarehouseError(_explain_open(str(database), "not a valid DuckDB database"))
    try:
        return duckdb.connect(str(database), read_only=read_only, config={} if read_only else CONFIG)
    except duckdb.Error as error:
        raise WarehouseError(_explain_open(str(database), str(error))) from None


def check_name(database: Path) -> None:
    """Raise InputError unless tables can be built in a file of that name, which becomes the catalog's name.

    main, raw, system and temp mean something else in `raw.items`; dbt does not quote what it makes of a name.
    """
    if database.stem.lower() in ("main", "raw", "system", "temp") or set(database.stem) & set("'\";"):
        raise InputError(
            f"{database} has a name that tables cannot be built in: "
            "take one without quotes and semicolons that is not main, raw, system or temp"
        )


def register(
    connection: duckdb.DuckDBPyConnection, settings: Settings | None = None
) -> duckdb.DuckDBPyConnection:
    """Register all functions on an open connection and return it. Imports no torch.

    Other cursors of the same database need `create_macros` of their own.
    """
    settings = settings or Settings.from_environment()
    create_functions(connection, settings)
    create_macros(connection, settings)
    return connection


def create_functions(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Create the private functions on the database instance; those it has already are left alone.

    Called from the main thread, it also has Ctrl-C stop them (see `recudf.interrupts`).
    """
    interrupts.install()
    known = {
        name
        for (name,) in connection.execute(
            "select function_name from duckdb_functions() where starts_with(function_name, '_recudf_')"
        ).fetchall()
    }
    for function, call in _calls(settings):
        name = private_name(function, settings)
        if name not in known:
            connection.create_function(
                name, call, None, sql_type(function.returns), type="arrow", null_handling="special"
            )


def _is_sqlite(path: Path) -> bool:
    if not path.is_file() or not os.access(path, os.R_OK):
        return False
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


@functools.cache
def _calls(settings: Settings) -> tuple[tuple[Function, Callable[..., pa.Array]], ...]:
    """Each function with what DuckDB calls; kept, as DuckDB lets go of it with the connection that created it
    while cursors of that connection still call it."""
    return tuple((function, _call(function)) for function in discover(settings))


def _call(function: Function) -> Callable[..., pa.Array]:
    def call(*columns: pa.ChunkedArray) -> pa.Array:
        # combine_chunks copies even a single chunk
        arrays = tuple(c.chunk(0) if c.num_chunks == 1 else c.combine_chunks() for c in columns)
        if not function.uses_indexes:
            return _run_kernel(function, arrays)
        with STORE.used_by(arrays[-2][0].as_py(), arrays[-1][0].as_py()):
            return _run_kernel(function, arrays[:-2])

    call.__name__ = function.name
    return call


def _run_kernel(function: Function, arrays: tuple[pa.Array, ...]) -> pa.Array:
    if not function.arguments:  # engines pass one column, so that the number of rows is known
        return function.kernel(len(arrays[0]))
    if isinstance(function, AggregateFunction):
        return function.kernel(_zip_lists([a.name for a in function.arguments], arrays))
    check_arguments(function, arrays)
    return function.kernel(*arrays)


def _zip_lists(names: list[str], lists: tuple[pa.Array, ...]) -> pa.Array:
    """Lists of equal lengths, one per argument, as one list<struct>, without a copy."""
    rows = pa.StructArray.from_arrays([array.flatten() for array in lists], names)
    lengths = pc.fill_null(pc.list_value_length(lists[0]), 0)
    offsets = np.concatenate(([0], np.cumsum(lengths.to_numpy(zero_copy_only=False), dtype=np.int32)))
    missing = lists[0].is_null()
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows, mask=missing)


def _explain_open(database: str, message: str) -> str:
    if "Could not set lock" in message or "Conflicting lock" in message:
        return f"{database} is in use by another process: close it there, or wait ({message.splitlines()[0]})"
    if "not a valid DuckDB database" in message:
        return f"{database} is not a DuckDB database: give another --database, or move that file away"
    reason = message.splitlines()[0]
    if "No such file or directory" in message and not Path(database).parent.is_dir():
        return f"cannot open {database}: there is no folder {Path(database).parent}: make it first"
    if "Permission denied" in message or "Read-only file system" in message:
        return f"cannot write {database}: give another --database, or change its permissions ({reason})"
    if "No space left" in message:
        return f"no space left for {database}: free some, or give a --database elsewhere ({reason})"
    if "Could not read enough bytes" in message or "Corrupt" in message:
        return (
            f"{database} is cut short or damaged: restore it, or move it away, load and build anew ({reason})"
        )
    return f"cannot open {database}: {reason}"
