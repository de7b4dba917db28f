"""Publish the marts of a build: one DuckDB file that BI tools open, and Parquet beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import duckdb

from recudf.engines.beside import locked
from recudf.engines.built import built_database, tables_of
from recudf.engines.duckdb import STORAGE_VERSION
from recudf.engines.files import first_line, literal, quoted
from recudf.engines.noisy import Privacy, write_noisy
from recudf.errors import InputError, WarehouseError
from recudf.publishing.manifest import Manifest, PublishedFile, PublishedTable
from recudf.publishing.versions import Destination

MARTS = "marts.duckdb"
PARQUET = "parquet"
# rows of many builds
HISTORIES = {"fct_runs", "fct_metrics", "fct_recommendation_history"}


def marts_of_project() -> set[str]:
    """Names of the marts that this version of recudf builds."""
    folder = Path(str(resources.files("recudf.dbt_project"))) / "models" / "marts"
    return {path.stem for path in folder.rglob("*.sql")}


def publish(
    database: Path,
    destination: Path,
    schema: str = "recudf",
    keep: int = 3,
    vectors: bool = False,
    privacy: Privacy | None = None,
) -> tuple[Manifest, list[str]]:
    """Write a version of the marts and make it the current one; its manifest, and the versions deleted.

    Published is what a build made: tables of the schema that bear the name of a mart of recudf and its run
    columns; what else lies in the schema is not. Rows are sorted, so that equal tables make equal Parquet.
    vectors: vec_* as well, as Parquet alone, without rows whose vector is NULL. keep: versions that stay.
    privacy: numbers with noise, of groups and interests, and nothing else (see `recudf.engines.noisy`); of a
    build they are drawn once, since the mean of many draws has little noise.
    Raises InputError where there is no build, or it was drawn from, WarehouseError where the destination
    cannot be written; the version before stays current then.
    """
    with built_database(database, schema) as connection, publishing_to(destination) as place:
        if privacy is not None:
            _check_undrawn(place, _Writer(connection, schema, place.folder).last_run()["run_id"])
        with place.write() as folder:
            try:
                manifest = _Writer(connection, schema, folder).write(database.name, vectors, privacy)
            except duckdb.Error as error:
                raise WarehouseError(
                    f"cannot publish to {destination}: {first_line(error)}: free some space there, or give "
                    "another folder"
                ) from None
        return manifest, place.prune(keep)


def _check_undrawn(place: Destination, run_id: str | None) -> None:
    for version in place.versions():
        drawn = Manifest.read(place.folder / version)
        if drawn.privacy is not None and drawn.run_id == run_id:
            raise InputError(
                f"numbers of the build {run_id} were drawn for version {version} already, and their mean "
                "would tell more than either: publish the next build"
            )


def roll_back(destination: Path) -> Manifest:
    """Make the version before the current one current again; its manifest."""
    with publishing_to(destination) as place:
        return Manifest.read(place.folder / place.roll_back())


def check_published(destination: Path) -> None:
    """Raise InputError unless a version was published to this folder."""
    if not Destination(destination).versions():
        raise InputError(f"{destination} holds nothing published: name a folder of `recudf publish`")


def clear(destination: Path) -> list[str]:
    """Delete all versions; their names."""
    with publishing_to(destination) as place:
        return place.clear()


@contextmanager
def publishing_to(folder: Path) -> Iterator[Destination]:
    """The destination, for this process alone; raises WarehouseError while another one publishes to it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(
            f"cannot publish to {folder}: {error.strerror}: give a folder that can be written"
        ) from None
    with locked(folder / ".lock.duckdb", f"another run of recudf publishes to {folder}"):
        yield Destination(folder)


class _Writer:
    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str, folder: Path) -> None:
        self.connection = connection
        self.schema = schema
        self.folder = folder

    def write(self, database: str, vectors: bool, privacy: Privacy | None) -> Manifest:
        """Write all files of a version."""
        (self.folder / PARQUET).mkdir()
        path = literal(str(self.folder / MARTS))
        self.connection.execute(
            f"attach {path} as published (read_write, storage_version '{STORAGE_VERSION}')"
        )
        try:
            self.connection.execute(f"create schema if not exists published.{quoted(self.schema)}")
            if privacy is None:
                tables = [self._write_mart(name) for name in self._marts()]
            else:
                schema = f"published.{quoted(self.schema)}"
                named = write_noisy(self.connection, self.schema, schema, privacy)
                tables = [self._published(name) for name in named]
        finally:
            self.connection.execute("detach published")  # and with it all is in the file
        if vectors:
            tables += [self._write_vectors(name) for name in self._with_columns("vec_", {"vector"})]
        last = self.last_run()
        run_id = last["run_id"]
        manifest = Manifest(
            database=database,
            schema=self.schema,
            published_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
            storage_version=STORAGE_VERSION,
            tables=tuple(tables),
            earlier=tuple(
                t.name for t in tables if t.run_id not in (None, run_id) and t.name not in HISTORIES
            ),
            files=tuple(PublishedFile.of(self.folder, name) for name in self._files()),
            privacy=None if privacy is None else asdict(privacy),
            **last,
        )
        manifest.write(self.folder)
        return manifest

    def _marts(self) -> list[str]:
        known = marts_of_project()
        return [n for p in ("dim_", "fct_") for n in self._with_columns(p, {"run_id", "as_of"}) if n in known]

    def _with_columns(self, prefix: str, columns: set[str]) -> list[str]:
        """Tables of the schema whose name begins so and that have these columns."""
        names = [name for name in tables_of(self.connection, self.schema) if name.startswith(prefix)]
        return [name for name in names if columns <= set(self._columns(name))]

    def _columns(self, name: str) -> dict[str, str]:
        rows = self.connection.execute(f"describe {self._name(name)}").fetchall()
        return {column: kind for column, kind, *_ in rows}

    def _name(self, table: str) -> str:
        return f"{quoted(self.schema)}.{quoted(table)}"

    def _write_mart(self, name: str) -> PublishedTable:
        self.connection.execute(
            f"create table published.{self._name(name)} as from {self._name(name)} order by all"
        )
        return self._published(name)

    def _published(self, name: str) -> PublishedTable:
        """As Parquet, too, what is in the published database."""
        target = f"published.{self._name(name)}"
        self._copy(f"from {target}", name)
        ((rows, first, last),) = self.connection.execute(
            f"select count(*), min(run_id), max(run_id) from {target}"
        ).fetchall()
        described = self.connection.execute(f"describe {target}").fetchall()
        columns = {column: kind for column, kind, *_ in described}
        return PublishedTable(name, rows, columns, first if first == last else None)

    def _write_vectors(self, name: str) -> PublishedTable:
        columns = self._columns(name)
        query = (
            f"select * replace (cast(vector as float[]) as vector) from {self._name(name)} "
            f"where vector is not null order by {quoted(next(iter(columns)))}"
        )
        rows = self._copy(query, name)
        return PublishedTable(name, rows, columns | {"vector": "FLOAT[]"}, None)

    def _copy(self, query: str, name: str) -> int:
        path = literal(str(self.folder / PARQUET / f"{name}.parquet"))
        copied = self.connection.execute(
            f"copy ({query}) to {path} (format parquet, compression zstd)"
        ).fetchall()
        return int(copied[0][0])

    def last_run(self) -> dict[str, str | None]:
        """Of the build that made the tables; one that found nothing changed made none."""
        names = ("run_id", "as_of", "encoder", "fingerprint", "recudf_version")
        rows = self.connection.execute(
            f"select run_id, cast(as_of as varchar), encoder, fingerprint, recudf_version "
            f"from {self._name('fct_runs')} where not coalesce(is_unchanged, false) "
            "order by started_at desc, run_id desc limit 1"
        ).fetchall()
        return dict(zip(names, rows[0] if rows else [None] * len(names), strict=True))

    def _files(self) -> list[str]:
        return sorted(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())
