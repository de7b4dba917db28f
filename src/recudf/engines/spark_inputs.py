"""Load folders of files into the schema `raw` of Spark's catalogue: for inputs that one machine can read.

Larger ones are tables already, which the var `inputs` names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recudf.engines.duckdb import open_database
from recudf.engines.loading import REQUESTS, SCHEMA, Loaded
from recudf.engines.loading import load as load_into_duckdb
from recudf.engines.user_ids import KEY_TABLE, store_fingerprint
from recudf.inputs import INPUTS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def load(session: SparkSession, folders: Sequence[Path], user_map: Path | None = None) -> Loaded:
    """Replace the input tables by the files of the folders, read as for DuckDB: by DuckDB, into Parquet.

    Raises InputError naming file and column, and for another key of pseudonyms than that of the tables that
    are there (as `load` for DuckDB does); then these are as they were.
    """
    with tempfile.TemporaryDirectory(prefix="recudf-load-") as folder:
        database = Path(folder) / "inputs.duckdb"
        stored = _stored_key(session)
        if stored is not None or loaded_inputs(session):
            _as_there(database, stored)
        loaded = load_into_duckdb(database, folders, user_map)
        present = {table.input for table in loaded.tables}
        dropped = tuple(name for name in loaded_inputs(session) if name not in present | {REQUESTS})
        connection = open_database(database, read_only=True)
        try:
            for name in present:
                file = Path(folder) / f"{name}.parquet"
                connection.execute(f"copy {SCHEMA}.\"{name}\" to '{file}' (format parquet)")
        finally:
            connection.close()
        session.sql(f"create schema if not exists {SCHEMA}")
        for name in sorted(present):
            rows = session.read.parquet(str(Path(folder) / f"{name}.parquet"))
            rows.write.mode("overwrite").saveAsTable(f"{SCHEMA}.{name}", format="parquet")
        if loaded.user_key is not None:
            key = session.createDataFrame([(loaded.user_key,)], "fingerprint string")
            key.write.mode("overwrite").saveAsTable(f"{SCHEMA}.{KEY_TABLE}", format="parquet")
        for name in dropped:
            session.sql(f"drop table {SCHEMA}.{name}")
    return Loaded(loaded.tables, loaded.ignored, dropped, loaded.user_key)


def loaded_inputs(session: SparkSession) -> list[str]:
    """The inputs that the catalogue holds in that schema."""
    if not session.catalog.databaseExists(SCHEMA):
        return []
    tables = {table.name for table in session.catalog.listTables(SCHEMA)}
    return [name for name in INPUTS if name in tables]


def _stored_key(session: SparkSession) -> str | None:
    """The fingerprint of the key that the catalogue's inputs have their pseudonyms from."""
    if not session.catalog.tableExists(f"{SCHEMA}.{KEY_TABLE}"):
        return None
    return str(session.table(f"{SCHEMA}.{KEY_TABLE}").collect()[0][0])


def _as_there(database: Path, stored: str | None) -> None:
    """What the catalogue holds, as far as a load in its place asks: some input, and the key."""
    connection = open_database(database)
    try:
        connection.execute(f"create schema {SCHEMA}")
        connection.execute(f"create table {SCHEMA}.items (item_id varchar)")
        store_fingerprint(connection, stored)
    finally:
        connection.close()
