"""Findings about a database file: whether it can be opened, who holds it, which engines read it."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from recudf.doctor.findings import Finding, note, ok, wrong
from recudf.engines.duckdb import STORAGE_VERSION, open_database
from recudf.errors import WarehouseError

_PID = re.compile(r"PID (\d+)")


def holder(database: Path) -> Finding:
    """Who has the file open, and whether it can be read and written. Opens it for a moment."""
    try:
        open_database(database).close()
        return ok("file", f"{database}: nobody else has it open")
    except WarehouseError as error:
        said = str(error)
    if "in use by another process" not in said:
        return _not_writable(database, said)
    pid = _PID.search(said)
    by = f"process {pid[1]}" if pid else "another process"
    try:
        open_database(database, read_only=True).close()
    except WarehouseError:
        return wrong(
            "file",
            f"{database}: {by} has it open for writing",
            "close it there, or have it open it read_only",
        )
    return note(
        "file",
        f"{database}: {by} reads it",
        "nothing for `recudf build`; close it there for load, forget, evaluate and builds in place",
    )


def _not_writable(database: Path, said: str) -> Finding:
    try:
        open_database(database, read_only=True).close()
    except WarehouseError:
        return wrong("file", said, "restore it, or move it away, load and build anew")
    return note("file", said, "change its permissions where a build is to write it")


def storage(connection: duckdb.DuckDBPyConnection) -> Finding:
    """The storage version of the file, beside the one that BI tools of today open."""
    ((tags,),) = connection.execute(
        "select tags from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    version = str(tags.get("storage_version", "unknown")).rstrip("+")
    if version == STORAGE_VERSION:
        return ok("storage version", f"{version}: opened by DuckDB 1.2 and later")
    return note(
        "storage version",
        f"{version}: BI tools with an older DuckDB cannot open it",
        "let them read what `recudf publish` writes, or copy the file (docs/operations.md, Disk)",
    )
