"""Rewrite a database: what is deleted from it is not in the file any more.

DuckDB keeps the bytes of deleted rows in free blocks of a file. So the rows are deleted in a copy, and what
is left of that is written into a new file, which replaces the database in one step of the file system. Until
then, and when anything fails, the database is as it was.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from recudf.engines.beside import FILES_OF_DBT, artifacts, only_run, state
from recudf.engines.duckdb import STORAGE_VERSION, open_database
from recudf.engines.files import literal
from recudf.errors import WarehouseError


@contextmanager
def rewritten(database: Path) -> Iterator[Path]:
    """The path of a copy to change; unless an exception is raised, what it holds then replaces the database.

    Tables, views, macros, sequences, types, indexes and the storage version stay. The folder beside the
    database (dbt's logs, what a failed build left) is emptied. Raises WarehouseError where any other process
    has the database open, or changes it meanwhile, or the disk has no room for the database twice.
    """
    with only_run(database):
        _check_space(database)
        _be_alone(database)
        before = state(database)
        folder = artifacts(database) / "forgetting"
        shutil.rmtree(folder, ignore_errors=True)
        changed, clean = folder / "changed" / database.name, folder / database.name
        changed.parent.mkdir(parents=True)
        try:
            shutil.copyfile(database, changed)
            yield changed
            _write_anew(changed, clean)
            with clean.open("rb+") as file:
                os.fsync(file.fileno())
            _be_alone(database)
            if state(database) != before:
                raise WarehouseError(
                    f"{database} was changed by another process, so it was left as it is: run this again"
                )
            _empty(artifacts(database), keep=folder)
            shutil.copymode(database, clean)
            clean.replace(database)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _check_space(database: Path) -> None:
    needed = 2 * database.stat().st_size + FILES_OF_DBT
    free = shutil.disk_usage(database.resolve().parent).free
    if free < needed:
        raise WarehouseError(
            f"no space left for {database}: writing it anew needs {needed >> 20:,} MB and {free >> 20:,} are "
            "free: free some, or move the database to another disk"
        )


def _be_alone(database: Path) -> None:
    """Have the log written into the file; raises where anybody holds it: a reader would keep the old one."""
    open_database(database).close()


def _write_anew(source: Path, target: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(source))} as changed (read_only)")
        ((tags,),) = connection.execute(
            "select tags from duckdb_databases() where database_name = 'changed'"
        ).fetchall()
        version = tags.get("storage_version", STORAGE_VERSION).rstrip("+")
        connection.execute(f"attach {literal(str(target))} as clean (storage_version {literal(version)})")
        connection.execute("copy from database changed to clean")
        connection.execute("detach clean")


def _empty(folder: Path, keep: Path) -> None:
    """Delete what lies beside the database, apart from the lock and what this run works with."""
    for path in folder.iterdir():
        if path == keep or path.name.startswith("lock.duckdb"):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
