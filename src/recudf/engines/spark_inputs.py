"""Load folders of files into the schema `raw` of Spark's catalogue: for inputs that one machine can read.

Larger ones are tables already, which the var `inputs` names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recudf.engines.duckdb import open_database
from recudf.engines.loading import SCHEMA, Loaded
from recudf.engines.loading import load as load_into_duckdb
from recudf.inputs import INPUTS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def load(session: SparkSession, folders: Sequence[Path]) -> Loaded:
    """Replace the input tables by the files of the folders, read as for DuckDB: by DuckDB, into Parquet.

    Raises InputError naming file and column; then the tables are as they were.
    """
    with tempfile.TemporaryDirectory(prefix="recudf-load-") as folder:
        database = Path(folder) / "inputs.duckdb"
        loaded = load_into_duckdb(database, folders)
        present = {table.input for table in loaded.tables}
        dropped = tuple(name for name in loaded_inputs(session) if name not in present)
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
        for name in dropped:
            session.sql(f"drop table {SCHEMA}.{name}")
    return Loaded(loaded.tables, loaded.ignored, dropped)


def loaded_inputs(session: SparkSession) -> list[str]:
    """The inputs that the catalogue holds in that schema."""
    if not session.catalog.databaseExists(SCHEMA):
        return []
    tables = {table.name for table in session.catalog.listTables(SCHEMA)}
    return [name for name in INPUTS if name in tables]
