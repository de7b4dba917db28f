"""What a build has left in a database: its tables, its macros, its last run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from recudf.engines.duckdb import open_database
from recudf.engines.files import quoted
from recudf.errors import InputError


@contextmanager
def built_database(database: Path, schema: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A reading connection to a database that holds a build in this schema; other readers may hold it, too.

    Raises InputError where the file or the build is not there, WarehouseError where a process writes it.
    """
    if not database.exists():
        raise InputError(f"{database} does not exist: give the --database of a build, or build one")
    with open_database(database, read_only=True) as connection:
        if "fct_recommendations" not in tables_of(connection, schema):
            others = ", ".join(schemas_of_builds(connection))
            remedy = f"name one of these with --schema: {others}" if others else "run `recudf build` first"
            raise InputError(f"{database} holds no build in the schema {schema}: {remedy}")
        yield connection


def tables_of(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """Names of the tables of a schema, sorted; views are none."""
    rows = connection.execute(
        "select table_name from duckdb_tables() "
        "where database_name = current_database() and schema_name = ? order by table_name",
        [schema],
    ).fetchall()
    return [name for (name,) in rows]


def schemas_of_builds(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Schemas that hold recommendations of a build, sorted."""
    rows = connection.execute(
        "select schema_name from duckdb_columns() "
        "where database_name = current_database() and table_name = 'fct_recommendations' "
        "and column_name = 'reason_ref_id' order by schema_name"
    ).fetchall()
    return [name for (name,) in rows]


def last_run(database: Path) -> dict[str, object] | None:
    """The newest row of fct_runs, in whichever schema of the database; None where there is none."""
    with open_database(database, read_only=True) as connection:
        schemas = connection.execute(
            "select schema_name from duckdb_tables() where database_name = current_database() "
            "and table_name = 'fct_runs' order by 1"
        ).fetchall()
        rows = []
        for (schema,) in schemas:
            found = connection.execute(
                f"from {quoted(schema)}.fct_runs order by started_at desc, run_id desc limit 1"
            )
            names = [column[0] for column in found.description]
            rows += [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return max(rows, key=lambda row: row["started_at"], default=None)


def has_macro(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    """Whether a build left a table macro of that name."""
    found = connection.execute(
        "select 1 from duckdb_functions() where database_name = current_database() "
        "and schema_name = ? and function_name = ? and function_type = 'table_macro'",
        [schema, name],
    ).fetchall()
    return bool(found)
