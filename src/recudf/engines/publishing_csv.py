"""CSV as Excel reads it: UTF-8 with a mark that says so, and no text that it would run as a formula."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from recudf.engines.files import literal, quoted

MARK = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for the machine's own characters
FORMULA = r"^[=+\-@\t\r]"  # how a text begins that a spreadsheet computes


def write_csv(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: dict[str, str], path: Path
) -> None:
    """Write all rows of a relation, NULL as nothing between two commas.

    relation: as SQL. columns: names with DuckDB's types. A text that would be a formula, and is no number,
    gets an apostrophe before it.
    """
    values = [_plain(quoted(name)) if kind == "VARCHAR" else quoted(name) for name, kind in columns.items()]
    unmarked = path.with_suffix(".part")
    connection.execute(
        f"copy (select {', '.join(values)} from {relation} order by all) to {literal(str(unmarked))} "
        "(format csv, header true)"
    )
    with unmarked.open("rb") as source, path.open("wb") as target:
        target.write(MARK)
        shutil.copyfileobj(source, target)
    unmarked.unlink()


def _plain(column: str) -> str:
    dangerous = f"regexp_matches({column}, {literal(FORMULA)}) and try_cast({column} as double) is null"
    return f"case when {dangerous} then chr(39) || {column} else {column} end as {column}"
