"""`recudf demo`: the whole chain on the sample, and a look at what came out."""

from __future__ import annotations

import shlex
import tempfile
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recudf.cli import options

if TYPE_CHECKING:
    import duckdb

MARK = "the sample of recudf demo"


@click.command(epilog="Example: recudf demo --database demo.duckdb")
@options.database
def demo(database: Path) -> None:
    """Make the sample, load it, build and evaluate it, and show recommendations, groups and metrics.

    A database that exists must be one that this command made, which is built anew; any other is left alone.
    """
    from recudf.cli.build import build_database
    from recudf.cli.evaluate import evaluate_database
    from recudf.engines.duckdb import open_database
    from recudf.engines.loading import load
    from recudf.sample import SampleParameters, make_sample, write_sample

    _require_own(database)
    with tempfile.TemporaryDirectory() as folder, _step("making the sample shop and loading it"):
        shop = Path(folder) / "sample-shop"
        write_sample(shop, make_sample(SampleParameters()))
        load(database, [shop])
        _mark(database)
    with _step("building: embeddings, profiles, groups, recommendations, tests"):
        build_database(database, ["--quiet"])
    with _step("evaluating: builds as of the past, compared with what came next"):
        evaluate_database(database)
    connection = open_database(database, read_only=True)
    try:
        _show(connection)
    finally:
        connection.close()
    click.echo(_next_steps(database))


def _require_own(database: Path) -> None:
    """Raise InputError for a database whose inputs this command did not load."""
    from recudf.engines.duckdb import open_database
    from recudf.errors import InputError

    if not database.exists():
        return
    with open_database(database, read_only=True) as connection:
        marked = connection.execute(
            "select count(*) from duckdb_tables() "
            "where schema_name = 'raw' and table_name = 'items' and comment = ?",
            [MARK],
        ).fetchall()
    if marked != [(1,)]:
        raise InputError(f"{database} was not made by `recudf demo`: give a new file as --database")


def _mark(database: Path) -> None:
    """Note in the database whose inputs these are; a later `recudf load` takes the note away."""
    from recudf.engines.duckdb import open_database

    with open_database(database) as connection:
        connection.execute(f"comment on table raw.items is '{MARK}'")


class _step:  # noqa: N801 (used like a function)
    """Tells what is going on and how long it took."""

    def __init__(self, title: str) -> None:
        self._title = title

    def __enter__(self) -> None:
        self._start = time.monotonic()
        click.secho(f"{self._title} ...", bold=True)

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            click.echo(f"  done in {time.monotonic() - self._start:.0f} s")


def _show(connection: duckdb.DuckDBPyConnection) -> None:
    for name, title, hidden in (
        ("groups", "Groups of users", ("words",)),
        (
            "recommendations_with_reasons",
            "Ten recommendations for a typical member of the largest groups",
            (),
        ),
        ("quality", "How good they are, measured on what users did next", ()),
    ):
        cursor = connection.execute(query(name))
        columns = [column[0] for column in cursor.description]
        kept = [i for i, column in enumerate(columns) if column not in hidden]
        rows = [[_cell(row[i]) for i in kept] for row in cursor.fetchall()]
        click.secho(f"\n{title}  (sql/queries/{name}.sql)", bold=True)
        click.echo(_table([columns[i] for i in kept], rows))


def query(name: str) -> str:
    """The text of sql/queries/<name>.sql."""
    return (resources.files("recudf.sql") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _table(header: list[str], rows: list[list[str]], widest: int = 72) -> str:
    """Columns side by side; a longer text is cut and ends with an ellipsis."""
    cells = [[c if len(c) <= widest else c[: widest - 1] + "…" for c in row] for row in [header, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    return "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells
    )


def _next_steps(database: Path) -> str:
    path = shlex.quote(str(database))
    return f"""
Everything is in {database.resolve()}, a plain DuckDB file: open it with any BI tool. Next:
  recudf sql "select * from recudf.dim_users limit 5" --database {path}
  recudf sql "select embed('a tent for two')" --database {path}
  recudf load DIR --database shop.duckdb && recudf build --database shop.duckdb    (your own tables)"""
