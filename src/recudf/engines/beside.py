"""Build beside, then swap: readers see the old file whole until the new one is whole.

The work goes on in a copy of the database, of the same name in a folder beside it. When it succeeds the copy
replaces the database in one step of the file system; when it fails or is killed, the database is as it was.
Readers may hold the database all the while; they see the new content when they open it again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from recudf.engines.duckdb import open_database
from recudf.engines.files import literal, quoted
from recudf.errors import WarehouseError

FILES_OF_DBT = 32 << 20  # manifest, parsed project, compiled models, log


def artifacts(database: Path) -> Path:
    """The folder beside a database for what belongs to it: dbt's logs, the lock, the working copy."""
    return database.resolve().parent / ".recudf" / database.stem


def check_space(database: Path) -> None:
    """Raise WarehouseError unless a copy of the database and dbt's files fit on its disk."""
    needed = database.stat().st_size + FILES_OF_DBT
    free = shutil.disk_usage(database.resolve().parent).free
    if free < needed:
        raise WarehouseError(
            f"no space left for {database}: a build needs {needed >> 20:,} MB and {free >> 20:,} are free: "
            "free some, or move the database to another disk"
        )


@contextmanager
def only_run(database: Path) -> Iterator[None]:
    """Be the only run of recudf that changes this database; a killed process lets go of it.

    Raises WarehouseError, naming the process, while another one works on it.
    """
    check_space(database)
    folder = artifacts(database)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock.duckdb", f"another run of recudf works on {database}"):
        yield


@contextmanager
def locked(path: Path, taken: str) -> Iterator[None]:
    """Hold a lock that no other process holds; a killed one lets go of it.

    Raises WarehouseError, beginning with `taken` and naming the other process, while there is one.
    """
    try:
        # DuckDB's own lock on a file of its own: the same on every platform, gone with the process
        lock = duckdb.connect(str(path))
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        if "lock" not in said:
            raise WarehouseError(
                f"cannot write {path}: free some space, or change its permissions ({said})"
            ) from None
        raise WarehouseError(f"{taken}: wait until it is done ({said})") from None
    try:
        yield
    finally:
        lock.close()


@contextmanager
def beside(database: Path, embeddings: str = "recudf_embeddings") -> Iterator[Path]:
    """The path of a working copy of the database, which replaces it unless an exception is raised.

    embeddings: the schema with the vectors. Those that a failed or killed run had embedded already are taken
    over by the next one, which is why a failed run leaves its copy.
    Raises WarehouseError where a process has the database open for writing, or has changed it meanwhile.
    """
    with only_run(database):
        _settle(database)
        before = state(database)
        copy = artifacts(database) / "building" / database.name
        unfinished = _set_aside(copy)
        shutil.copyfile(database, copy)
        if unfinished is not None:
            _take_over_embeddings(copy, unfinished, embeddings)
        yield copy
        _settle(copy)
        if state(database) != before:
            raise WarehouseError(
                f"{database} was changed by another process, so it was left as it is: run this again"
            )
        with copy.open("rb+") as file:
            os.fsync(file.fileno())
        copy.replace(database)


def _settle(database: Path) -> None:
    """Have what stands in the write-ahead log written into the file itself."""
    try:
        open_database(database).close()
    except WarehouseError:
        # readers hold it, which does no harm as long as there is no log; anything else is an error here, too
        if _log(database).exists():
            raise
        open_database(database, read_only=True).close()


def _set_aside(copy: Path) -> Path | None:
    """What a failed or killed run left, moved out of the way; None where there is nothing."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    unfinished = copy.with_name("unfinished.duckdb")
    if copy.exists():
        _remove(unfinished)
        if _log(copy).exists():
            _log(copy).replace(_log(unfinished))
        copy.replace(unfinished)
    return unfinished if unfinished.exists() else None


def _take_over_embeddings(copy: Path, unfinished: Path, schema: str) -> None:
    """Add the vectors of an unfinished run that the copy lacks, and delete what that run left."""
    name = f"{quoted(schema)}.int_text_embeddings"
    with open_database(copy) as connection:
        try:
            connection.execute(f"attach {literal(str(unfinished))} as unfinished")
            connection.execute(f"create schema if not exists {quoted(schema)}")
            connection.execute(f"create table if not exists {name} as from unfinished.{name} limit 0")
            connection.execute(
                f"insert into {name} by name select * from unfinished.{name} as found "
                f"where not exists (select 1 from {name} as known "
                "where known.text_hash = found.text_hash and known.fingerprint = found.fingerprint)"
            )
        except duckdb.Error:
            pass  # it ended before it had embedded anything, or while writing: there is nothing to take over
    _remove(unfinished)


def state(database: Path) -> tuple[int, int, int, bool]:
    """What changes when somebody writes the file, or replaces it."""
    status = database.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, _log(database).exists()


def _log(database: Path) -> Path:
    return database.with_name(database.name + ".wal")


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _log(path).unlink(missing_ok=True)
