"""Load folders of files into the schema `raw` of a DuckDB file, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from recudf.engines.duckdb import check_name, connect, open_database
from recudf.engines.files import InputFile, first_line, quoted, typed_query
from recudf.engines.files import literal as sql_string
from recudf.engines.user_ids import check_key, store_fingerprint, with_pseudonyms, write_map
from recudf.errors import InputError, WarehouseError
from recudf.inputs import INPUTS

SCHEMA = "raw"
REQUESTS = "forget_requests"  # stays where a later load has none


@dataclass(frozen=True)
class LoadedTable:
    """An input that was loaded; `unused` are columns that recudf has no use for."""

    input: str
    rows: int
    files: tuple[Path, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True)
class Loaded:
    """What a load did. ignored: files it does not know. dropped: inputs that only an earlier load had.

    user_key: the fingerprint of the key that pseudonyms were made with; None where ids are as they came.
    """

    tables: tuple[LoadedTable, ...]
    ignored: tuple[Path, ...]
    dropped: tuple[str, ...]
    user_key: str | None = None


def load(database: Path, folders: Sequence[Path], user_map: Path | None = None) -> Loaded:
    """Replace the input tables of a database by the files of the folders; several are united by column name.

    In one transaction: on failure the database is as it was, and not there if it was not there.
    `source` is filled with the folder's name where it is missing. With a key in the environment (see
    `recudf.settings.user_key`) ids of users become pseudonyms before anything is written; user_map: a file
    for which is which. Raises InputError naming file and column, a database in whose name nothing can be
    built, and one that holds ids of users by another key.
    """
    check_name(database)
    files, ignored = find_files(folders)
    is_new = not database.exists()
    connection = connect(database)
    try:
        connection.execute("set TimeZone = 'UTC'")  # times without a zone are UTC
        connection.execute("begin")
        connection.execute(f"create schema if not exists {SCHEMA}")
        key = check_key(database, connection, bool(loaded_inputs(connection)))
        if user_map is not None:
            _write_map(connection, files, key, user_map)
        tables = tuple(
            _load_table(connection, name, files[name], key is not None) for name in INPUTS if name in files
        )
        store_fingerprint(connection, key)
        dropped = tuple(_drop_others(connection, set(files)))
        connection.execute("commit")
    except BaseException:  # Ctrl-C as well
        connection.close()  # rolls back
        if is_new:
            for leftover in (database, database.with_name(database.name + ".wal")):
                leftover.unlink(missing_ok=True)
        else:
            with suppress(WarehouseError):  # on a full disk a log stays, until somebody opens the database
                open_database(database).close()
        raise
    connection.close()
    return Loaded(tables, tuple(ignored), dropped, key)


def find_files(folders: Sequence[Path]) -> tuple[dict[str, list[InputFile]], list[Path]]:
    """The input files of the folders by input, in order of the folders, and what else lies there."""
    files: dict[str, list[InputFile]] = {}
    ignored: list[Path] = []
    seen: set[Path] = set()
    for folder in folders:
        if not folder.is_dir():
            what = "is not a folder" if folder.exists() else "does not exist"
            raise InputError(f"{folder} {what}: give a folder with files such as interactions.parquet")
        if folder.resolve() in seen:
            raise InputError(f"{folder} is given twice: give each folder once")
        seen.add(folder.resolve())
        known, others = _files_of(folder)
        if not known:
            names = ", ".join(INPUTS)
            raise InputError(
                f"{folder} holds no file that load knows: name them {names} (.parquet, .csv, .json)"
            )
        for name, file in known.items():
            files.setdefault(name, []).append(file)
        ignored += others
    return files, ignored


def _files_of(folder: Path) -> tuple[dict[str, InputFile], list[Path]]:
    known: dict[str, InputFile] = {}
    ignored: list[Path] = []
    for path in sorted(folder.iterdir()):
        file = InputFile.of(path) if path.is_file() else None
        if file is None or file.input not in INPUTS:
            ignored += [] if path.name.startswith(".") else [path]
        elif file.input in known:
            other = known[file.input].path.name
            raise InputError(f"{folder}: both {other} and {path.name} hold {file.input}: keep one of them")
        else:
            known[file.input] = file
    return known, ignored


def _write_map(
    connection: duckdb.DuckDBPyConnection, files: dict[str, list[InputFile]], key: str | None, user_map: Path
) -> None:
    if key is None:
        raise InputError("a map of users was asked for, and there is no key: set RECUDF_USER_KEY")
    queries = [typed_query(connection, file, INPUTS[name]) for name, found in files.items() for file in found]
    write_map(connection, queries, user_map)


def _load_table(
    connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[InputFile], is_keyed: bool
) -> LoadedTable:
    table = INPUTS[name]
    queries, unused = [], dict[str, None]()
    for file in files:
        query, columns = typed_query(connection, file, table)
        if is_keyed:
            query = with_pseudonyms(query, columns)
        if "source" in table.columns:
            value = sql_string(file.path.absolute().parent.name)
            if "source" in columns:
                query = (
                    f"select * replace (coalesce(nullif(trim(source), ''), {value}) as source) from ({query})"
                )
            else:
                query = f"select *, {value} as source from ({query})"
        queries.append(query)
        unused |= dict.fromkeys(c for c in columns if not table.free and c not in table.columns)
    target = f"{SCHEMA}.{quoted(name)}"
    paths = tuple(file.path for file in files)
    try:
        connection.execute(f"create or replace table {target} as {' union all by name '.join(queries)}")
    except duckdb.Error as error:
        if "Could not write" in str(error):  # the database, which is no fault of the files
            raise
        where = ", ".join(map(str, paths))
        raise InputError(f"{where}: cannot be loaded as {name}: {first_line(error)}") from None
    (rows,) = connection.execute(f"select count(*) from {target}").fetchall()[0]
    return LoadedTable(name, rows, paths, tuple(unused))


def loaded_inputs(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the inputs that the schema `raw` holds as tables or views, sorted."""
    rows = connection.execute(
        "select table_name from information_schema.tables "
        "where table_schema = ? and table_catalog = current_database()",
        [SCHEMA],
    ).fetchall()
    return sorted(name for (name,) in rows if name in INPUTS)


def _drop_others(connection: duckdb.DuckDBPyConnection, loaded: set[str]) -> list[str]:
    """Drop inputs that an earlier load left, so that no two datasets mix; requests to be forgotten stay."""
    old = [name for name in loaded_inputs(connection) if name not in loaded and name != REQUESTS]
    for name in old:
        connection.execute(f"drop table {SCHEMA}.{quoted(name)}")
    return old
