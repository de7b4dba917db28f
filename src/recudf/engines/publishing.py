"""Publish the marts of a build: to a folder, to an object store, or into PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from recudf.engines.beside import locked
from recudf.engines.built import built_database
from recudf.engines.duckdb import STORAGE_VERSION
from recudf.engines.files import first_line, literal, quoted
from recudf.engines.marts import Marts
from recudf.engines.noisy import Privacy, write_noisy
from recudf.engines.publishing_csv import write_csv
from recudf.engines.publishing_parquet import (
    ROWS_PER_FILE,
    check_rows_per_file,
    write_parquet,
    write_vectors,
)
from recudf.engines.publishing_postgres import Postgres, is_postgres
from recudf.errors import InputError, ParameterError, WarehouseError
from recudf.publishing.manifest import Manifest, PublishedFile, PublishedTable
from recudf.publishing.stores import Store
from recudf.publishing.versions import Destination

MARTS = "marts.duckdb"
PARQUET = "parquet"
CSV = "csv"


@dataclass(frozen=True)
class Published:
    """place: where readers find it. version: its name, None in PostgreSQL. deleted: versions that went."""

    place: str
    version: str | None
    manifest: Manifest
    deleted: tuple[str, ...] = ()


def publish(
    database: Path,
    destination: Path | str,
    schema: str = "recudf",
    keep: int = 3,
    vectors: bool = False,
    csv: bool = False,
    privacy: Privacy | None = None,
    rows_per_file: int = ROWS_PER_FILE,
) -> Published:
    """Write the marts that a build made; readers get them once all are there.

    destination: a folder, or a URL. A folder and an object store get a new version, which becomes current;
    PostgreSQL has its tables changed in one transaction. Rows are sorted, so that equal tables make equal
    Parquet. vectors: vec_* as well, as Parquet alone, without rows whose vector is NULL. csv: each mart as
    CSV as well, for Excel. keep: versions that stay. privacy: numbers with noise, of groups and interests,
    and nothing else (see `recudf.engines.noisy`); of a build they are drawn once, since the mean of many
    draws has little noise. rows_per_file: a mart of more rows is a folder of Parquet files, and vectors of
    more than a tenth of it.

    Raises InputError where there is no build, or it was drawn from, WarehouseError where the destination
    cannot be written; what was published before stays then.
    """
    check_rows_per_file(rows_per_file)
    if privacy is not None and (vectors or csv):
        raise ParameterError("with noise counts alone are published: leave out vectors and csv")
    if is_postgres(destination):
        if privacy is not None:
            raise ParameterError(
                "PostgreSQL does not tell which builds were drawn from: give a folder or an object store"
            )
        if vectors or csv:
            raise ParameterError("PostgreSQL takes no files: give a folder or an object store for them")
        with built_database(database, schema) as connection, Postgres(str(destination)) as server:
            manifest = server.write(Marts(connection, schema), database.name)
            return Published(f"{server.name}, schema {schema}", None, manifest)
    target = Store(destination) if isinstance(destination, str) else destination  # a wrong URL is told first
    with built_database(database, schema) as connection, publishing_to(target) as place:
        marts = Marts(connection, schema)
        if privacy is not None:
            _check_undrawn(place, marts.last_run()["run_id"])
        with place.write() as folder:
            try:
                manifest = (
                    _write(marts, folder, database.name, vectors, csv, rows_per_file)
                    if privacy is None
                    else _write_noisy(marts, folder, database.name, privacy, rows_per_file)
                )
            except duckdb.Error as error:
                raise WarehouseError(
                    f"cannot publish to {place.name}: {first_line(error)}: free some space there, or give "
                    "another folder"
                ) from None
        deleted = tuple(place.prune(keep))
        return Published(str(place.pointer), place.current(), manifest, deleted)


def _check_undrawn(place: Destination | Store, run_id: str | None) -> None:
    for version in place.versions():
        drawn = place.manifest(version)
        if drawn.privacy is not None and drawn.run_id == run_id:
            raise InputError(
                f"numbers of the build {run_id} were drawn for version {version} already, and their mean "
                "would tell more than either: publish the next build"
            )


def roll_back(destination: Path | str) -> Published:
    """Make the version before the current one current again."""
    if is_postgres(destination):
        raise ParameterError(
            "PostgreSQL holds what was published last and no version before it: publish the build that you "
            "want, from a copy of its database"
        )
    with publishing_to(destination) as place:
        version = place.roll_back()
        return Published(str(place.pointer), version, place.manifest(version))


def check_published(destination: Path | str) -> None:
    """Raise InputError unless something was published there."""
    if is_postgres(destination):
        with Postgres(str(destination)) as server:
            found, name = bool(server.published()), server.name
    else:
        place = Store(destination) if isinstance(destination, str) else Destination(destination)
        found, name = bool(place.versions()), place.name
    if not found:
        raise InputError(f"{name} holds nothing published: name a destination of `recudf publish`")


def clear(destination: Path | str) -> list[str]:
    """Delete all that was published there; names of the versions, or of the tables."""
    if is_postgres(destination):
        with Postgres(str(destination)) as server:
            return server.clear()
    with publishing_to(destination) as place:
        return place.clear()


@contextmanager
def publishing_to(destination: Path | str | Store) -> Iterator[Destination | Store]:
    """The versions at a folder or URL; a folder is for this process alone.

    Raises WarehouseError while another one publishes to the folder, or where it cannot be made.
    """
    if not isinstance(destination, Path):
        yield Store(destination) if isinstance(destination, str) else destination
        return
    try:
        destination.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(
            f"cannot publish to {destination}: {error.strerror}: give a folder that can be written"
        ) from None
    with locked(destination / ".lock.duckdb", f"another run of recudf publishes to {destination}"):
        yield Destination(destination)


def _write(
    marts: Marts, folder: Path, database: str, vectors: bool, csv: bool, rows_per_file: int
) -> Manifest:
    """Write all files of a version."""
    connection = marts.connection
    for wanted in (PARQUET, *([CSV] if csv else [])):
        (folder / wanted).mkdir()
    names = marts.names()
    path = literal(str(folder / MARTS))
    connection.execute(f"attach {path} as published (read_write, storage_version '{STORAGE_VERSION}')")
    try:
        connection.execute(f"create schema if not exists published.{quoted(marts.schema)}")
        for name in names:
            target = f"published.{marts.relation(name)}"
            connection.execute(f"create table {target} as from {marts.relation(name)} order by all")
            write_parquet(connection, target, _parquet(folder, name), rows_per_file)
            if csv:
                write_csv(connection, target, marts.columns(name), folder / CSV / f"{name}.csv")
    finally:
        connection.execute("detach published")  # and with it all is in the file
    tables = [marts.describe(marts.relation(name), name) for name in names]
    if vectors:
        for name in marts.tables_with("vec_", {"vector"}):
            tables.append(_write_vectors(marts, name, folder, rows_per_file))
    return _finish(marts, database, tables, folder)


def _write_noisy(marts: Marts, folder: Path, database: str, privacy: Privacy, rows_per_file: int) -> Manifest:
    """Write a version that has counts with noise alone."""
    connection = marts.connection
    (folder / PARQUET).mkdir()
    path = literal(str(folder / MARTS))
    connection.execute(f"attach {path} as published (read_write, storage_version '{STORAGE_VERSION}')")
    try:
        schema = f"published.{quoted(marts.schema)}"
        connection.execute(f"create schema if not exists {schema}")
        tables = []
        for name in write_noisy(connection, marts.schema, schema, privacy):
            target = f"published.{marts.relation(name)}"
            write_parquet(connection, target, _parquet(folder, name), rows_per_file)
            tables.append(marts.describe(target, name))
    finally:
        connection.execute("detach published")
    return _finish(marts, database, tables, folder, privacy)


def _finish(
    marts: Marts, database: str, tables: list[PublishedTable], folder: Path, privacy: Privacy | None = None
) -> Manifest:
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    published = tuple(PublishedFile.of(folder, name) for name in files)
    manifest = marts.manifest(database, tables, published, None if privacy is None else asdict(privacy))
    manifest.write(folder)
    return manifest


def _write_vectors(marts: Marts, name: str, folder: Path, rows_per_file: int) -> PublishedTable:
    columns = marts.columns(name)
    path, key = _parquet(folder, name), next(iter(columns))
    rows = write_vectors(marts.connection, marts.relation(name), key, path, rows_per_file)
    return PublishedTable(name, rows, columns | {"vector": "FLOAT[]"}, None)


def _parquet(folder: Path, name: str) -> Path:
    return folder / PARQUET / f"{name}.parquet"
