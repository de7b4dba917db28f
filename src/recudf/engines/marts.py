"""The marts of a build: which tables they are, their columns, and the run that made them."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import duckdb

from recudf.engines.built import tables_of
from recudf.engines.duckdb import STORAGE_VERSION
from recudf.engines.files import quoted
from recudf.publishing.manifest import Manifest, PublishedFile, PublishedTable

# rows of many builds
HISTORIES = {"fct_runs", "fct_metrics", "fct_recommendation_history"}


def marts_of_project() -> set[str]:
    """Names of the marts that this version of recudf builds."""
    folder = Path(str(resources.files("recudf.dbt_project"))) / "models" / "marts"
    return {path.stem for path in folder.rglob("*.sql")}


class Marts:
    """The marts in a schema of a database.

    These are the tables that bear the name of a mart of recudf and its run columns; what else lies in the
    schema is none.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str) -> None:
        self.connection = connection
        self.schema = schema

    def names(self) -> list[str]:
        """Of all marts, dim_* first."""
        known = marts_of_project()
        found = [n for p in ("dim_", "fct_") for n in self.tables_with(p, {"run_id", "as_of"})]
        return [name for name in found if name in known]

    def tables_with(self, prefix: str, columns: set[str]) -> list[str]:
        """Tables of the schema whose name begins so and that have these columns."""
        names = [name for name in tables_of(self.connection, self.schema) if name.startswith(prefix)]
        return [name for name in names if columns <= set(self.columns(name))]

    def columns(self, name: str) -> dict[str, str]:
        """Names of a table's columns with DuckDB's types."""
        rows = self.connection.execute(f"describe {self.relation(name)}").fetchall()
        return {column: kind for column, kind, *_ in rows}

    def relation(self, table: str) -> str:
        """A table's name as SQL."""
        return f"{quoted(self.schema)}.{quoted(table)}"

    def describe(self, relation: str, name: str) -> PublishedTable:
        """Rows, columns and run of a mart, or of what was made of it."""
        ((rows, first, last),) = self.connection.execute(
            f"select count(*), min(run_id), max(run_id) from {relation}"
        ).fetchall()
        described = self.connection.execute(f"describe {relation}").fetchall()
        columns = {column: kind for column, kind, *_ in described}
        return PublishedTable(name, rows, columns, first if first == last else None)

    def manifest(
        self,
        database: str,
        tables: list[PublishedTable],
        files: tuple[PublishedFile, ...] = (),
        privacy: dict[str, float] | None = None,
    ) -> Manifest:
        """Of the last build that made tables, with what was published of it."""
        last = self.last_run()
        return Manifest(
            database=database,
            schema=self.schema,
            published_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
            storage_version=STORAGE_VERSION,
            tables=tuple(tables),
            earlier=tuple(
                t.name for t in tables if t.run_id not in (None, last["run_id"]) and t.name not in HISTORIES
            ),
            files=files,
            privacy=privacy,
            **last,
        )

    def last_run(self) -> dict[str, str | None]:
        """Of the build that made the tables; one that found nothing changed made none."""
        names = ("run_id", "as_of", "encoder", "fingerprint", "recudf_version")
        rows = self.connection.execute(
            f"select run_id, cast(as_of as varchar), encoder, fingerprint, recudf_version "
            f"from {self.relation('fct_runs')} where not coalesce(is_unchanged, false) "
            "order by started_at desc, run_id desc limit 1"
        ).fetchall()
        return dict(zip(names, rows[0] if rows else [None] * len(names), strict=True))
