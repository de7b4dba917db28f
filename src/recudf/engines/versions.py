"""Which version of recudf built a database, and what a build by another one does first."""

from __future__ import annotations

from pathlib import Path

import duckdb
from packaging.version import InvalidVersion, Version

from recudf.engines.duckdb import open_database
from recudf.engines.files import quoted
from recudf.errors import WarehouseError

# what tells our fct_runs from somebody else's
RUNS = {"run_id", "started_at", "fingerprint", "texts_embedded"}
# a table of other columns was made by a version that kept less or more, and cannot be added to
EMBEDDINGS = {"text_hash", "fingerprint", "vector", "tokens", "is_cut", "run_id"}
ADDED = {"characters", "unknown_characters"}  # NULL for what was embedded before they were there
UNSAID = Version("0")  # fct_runs had no version yet


def prepare(database: Path, running: str, full_refresh: bool = False) -> str | None:
    """Make a database ready for a build by the running version; says what there is to tell, if anything.

    Embeddings that this version cannot add to are dropped. Raises WarehouseError where a newer version built
    the database, which may keep from build to build what this one knows nothing of, unless all is rebuilt.
    """
    with open_database(database) as connection:
        built = last_version(connection)
        if built is None or built == Version(running):
            return None
        by = "an earlier version of recudf" if built == UNSAID else f"recudf {built}"
        if built > Version(running) and not full_refresh:
            raise WarehouseError(
                f"{database.name} was built by {by}, and this is {running}: install that version, or "
                "rebuild all tables with --full-refresh, which gives groups new ids"
            )
        kept = "past recommendations, runs and measurements"
        if built != UNSAID and not full_refresh:
            kept = f"groups' ids, {kept}"
        if _drop_embeddings_of_other_columns(connection):
            note = f"kept are {kept}; all texts are embedded anew"
        else:
            note = f"kept are embeddings, {kept}"
        return f"{database.name} was built by {by}: {running} rebuilds its tables; {note}"


def last_version(connection: duckdb.DuckDBPyConnection) -> Version | None:
    """The version that made the last build, in whatever schema; None where none was made."""
    last = []
    for schema, columns in _tables(connection, "fct_runs").items():
        if columns >= RUNS:
            version = "recudf_version" if "recudf_version" in columns else "null"
            last += connection.execute(
                f"select started_at, coalesce({version}, '0') from {quoted(schema)}.fct_runs "
                "order by started_at desc limit 1"
            ).fetchall()
    return _version(max(last)[1]) if last else None


def _drop_embeddings_of_other_columns(connection: duckdb.DuckDBPyConnection) -> bool:
    tables = _tables(connection, "int_text_embeddings")
    odd = [schema for schema, columns in tables.items() if columns - ADDED != EMBEDDINGS]
    for schema in odd:
        connection.execute(f"drop table {quoted(schema)}.int_text_embeddings")
    return bool(odd)


def _tables(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, set[str]]:
    """Columns of the tables of a name, by schema."""
    rows = connection.execute(
        "select schema_name, column_name from duckdb_columns() "
        "where table_name = ? and database_name = current_database()",
        [name],
    ).fetchall()
    found: dict[str, set[str]] = {}
    for schema, column in rows:
        found.setdefault(schema, set()).add(column)
    return found


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        return UNSAID
