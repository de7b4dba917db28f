"""Ids of users as a database holds them: true ones, or pseudonyms of a key whose fingerprint it keeps."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb

from recudf.engines.files import literal, quoted
from recudf.errors import InputError, WarehouseError
from recudf.inputs import BLANKS
from recudf.privacy.pseudonyms import is_pseudonym, key_fingerprint, make_pseudonyms
from recudf.settings import user_key

RAW = "raw"
KEY_TABLE = "user_key"  # in the schema raw: fingerprint, one row
USER_COLUMNS = ("user_id", "other_user_id")


def stored_fingerprint(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Of the key that the loaded inputs have their pseudonyms from; None where these are true ids."""
    return _only(connection, RAW, KEY_TABLE, "fingerprint")


def check_key(database: Path, connection: duckdb.DuckDBPyConnection, is_loaded: bool) -> str | None:
    """The fingerprint of the key to load with, None where there is none.

    Raises InputError where an earlier load had another key, or none: what was made of it would stay beside
    what is loaded now.
    """
    key, stored = user_key(), stored_fingerprint(connection)
    given = None if key is None else key_fingerprint(key)
    if stored is not None and given is None:
        raise InputError(
            f"{database} holds pseudonyms, and there is no key: set RECUDF_USER_KEY, or RECUDF_USER_KEY_FILE "
            "to a file with it"
        )
    if stored is not None and given != stored:
        raise InputError(
            f"{database} holds pseudonyms of the key {stored}, and the key given is {given}: give that one, "
            "or load into another database"
        )
    if given is not None and stored is None and is_loaded:
        raise InputError(
            f"{database} holds true ids of users of an earlier load: load into another database, and delete "
            "this one"
        )
    return given


def with_pseudonyms(query: str, columns: list[str]) -> str:
    """The query with pseudonyms in place of the ids of users."""
    there = [column for column in USER_COLUMNS if column in columns]
    replaced = ", ".join(f"pseudonym({column}) as {column}" for column in there)
    return f"select * replace ({replaced}) from ({query})" if there else query


def store_fingerprint(connection: duckdb.DuckDBPyConnection, fingerprint: str | None) -> None:
    """Keep it beside the inputs that are loaded with it."""
    if fingerprint is not None:
        connection.execute(
            f"create or replace table {RAW}.{KEY_TABLE} as select {literal(fingerprint)} as fingerprint"
        )


def write_map(
    connection: duckdb.DuckDBPyConnection, queries: Sequence[tuple[str, list[str]]], file: Path
) -> None:
    """Write all ids of users with their pseudonyms, as CSV that only its owner may read.

    queries: over the files of inputs, each with its columns. Raises WarehouseError where the file cannot be
    written.
    """
    parts = [
        f"select {column} as user_id from ({query})"
        for query, columns in queries
        for column in USER_COLUMNS
        if column in columns
    ]
    ids = " union all ".join([*parts, "select null::varchar as user_id"])
    scratch = file.with_name(f".{file.name}.part")
    try:
        os.close(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        connection.execute(
            f"copy (select distinct trim(user_id, {literal(BLANKS)}) as user_id, "
            f"pseudonym(user_id) as pseudonym from ({ids}) where pseudonym is not null order by all) "
            f"to {literal(str(scratch))} (format csv)"
        )
        scratch.chmod(0o600)
        scratch.replace(file)
    except (OSError, duckdb.IOException) as error:
        scratch.unlink(missing_ok=True)
        raise WarehouseError(f"cannot write {file}: {error}: give another file") from None


def as_held(connection: duckdb.DuckDBPyConnection, schemas: list[str], users: list[str]) -> list[str]:
    """Ids as the database holds them: pseudonyms of true ids, where it has pseudonyms and there is their key.

    schemas: of builds, which may have made pseudonyms of inputs that are true (var pseudonyms). Raises
    InputError for another key, and for a true id without one.
    """
    found = {
        stored_fingerprint(connection),
        *(_only(connection, s, "stg_as_of", "user_key") for s in schemas),
    }
    stored, key = found - {None}, user_key()
    if not stored:
        return users
    if key is None:
        if others := [user for user in users if not is_pseudonym(user)]:
            raise InputError(
                f"the database holds pseudonyms, and {others[0]!r} is none: set RECUDF_USER_KEY, or "
                "RECUDF_USER_KEY_FILE to a file with it, or give a pseudonym"
            )
        return users
    if (given := key_fingerprint(key)) not in stored:
        raise InputError(
            f"the database holds pseudonyms of the key {min(map(str, stored))}, and the key given is "
            f"{given}: give that one"
        )
    pseudonym_of = make_pseudonyms(key)
    return [pseudonym_of(user) or user for user in users]


def _only(connection: duckdb.DuckDBPyConnection, schema: str, table: str, column: str) -> str | None:
    there = connection.execute(
        "select 1 from duckdb_columns() where database_name = current_database() and schema_name = ? "
        "and table_name = ? and column_name = ?",
        [schema, table, column],
    ).fetchall()
    if not there:
        return None
    rows = connection.execute(f"select {column} from {quoted(schema)}.{quoted(table)}").fetchall()
    return rows[0][0] if rows else None
