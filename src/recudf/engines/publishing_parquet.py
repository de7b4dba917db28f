"""Parquet of sorted rows: a file, or a folder of files where the rows are many."""

from __future__ import annotations

from pathlib import Path

import duckdb

from recudf.engines.files import literal, quoted
from recudf.errors import ParameterError

ROWS_PER_FILE = 1_000_000
VECTORS_PER_FILE = 0.1  # of these: a vector takes 1.5 kB


def check_rows_per_file(rows: object) -> None:
    """Raise ParameterError unless it is a whole number above 0."""
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 1:
        raise ParameterError(f"rows_per_file is {rows!r}: give a whole number of at least 1")


def write_parquet(connection: duckdb.DuckDBPyConnection, table: str, path: Path, rows_per_file: int) -> None:
    """Write a table, as SQL, whose rows were inserted in their order and never changed.

    With more rows than rows_per_file, `path` is a folder of files of so many each, in their order.
    """
    ((rows,),) = connection.execute(f"select count(*) from {table}").fetchall()
    if rows <= rows_per_file:
        _copy(connection, f"from {table}", path)
        return
    path.mkdir()
    for number, start in enumerate(range(0, rows, rows_per_file)):
        part = f"from {table} where rowid >= {start} and rowid < {start + rows_per_file}"
        _copy(connection, part, _part(path, number))


def write_vectors(
    connection: duckdb.DuckDBPyConnection, relation: str, key: str, path: Path, rows_per_file: int
) -> int:
    """Write rows whose vector is not NULL, sorted by the key, and return how many these are.

    Each file is sorted by itself, so that no more than its vectors are in memory; rows of an equal key are in
    one file.
    """
    key, there = quoted(key), f"from {relation} where vector is not null"
    vectors = f"select * replace (cast(vector as float[]) as vector) {there}"
    per_file = max(1, int(rows_per_file * VECTORS_PER_FILE))
    firsts = connection.execute(
        "select distinct first "
        f"from (select {key} as first, row_number() over (order by {key}) - 1 as number {there}) "
        f"where number % {per_file} = 0 order by first"
    ).fetchall()
    if len(firsts) < 2:
        return _copy(connection, f"{vectors} order by {key}", path)
    path.mkdir()
    starts = [first for (first,) in firsts]
    rows = 0
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], None], strict=True)):
        part = f"{vectors} and {key} >= {literal(str(start))}"
        if end is not None:
            part += f" and {key} < {literal(str(end))}"
        rows += _copy(connection, f"{part} order by {key}", _part(path, number))
    return rows


def _part(path: Path, number: int) -> Path:
    return path / f"part-{number:05}.parquet"


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    copied = connection.execute(
        f"copy ({query}) to {literal(str(path))} (format parquet, compression zstd)"
    ).fetchall()
    return int(copied[0][0])
