"""Publish the marts into PostgreSQL: their rows change in one transaction, for all readers at one moment.

A table whose columns are as they were keeps its name, views over it, rights and indexes: its rows are deleted
and written anew, which no reader waits for. Tables that recudf has made bear a comment that says so; others
are never touched. Reads Arrow from DuckDB and writes it by ADBC, with PostgreSQL's COPY.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from recudf.engines.files import literal, quoted
from recudf.errors import InputError, WarehouseError
from recudf.publishing.stores import without_secrets

if TYPE_CHECKING:
    from recudf.engines.marts import Marts
    from recudf.publishing.manifest import Manifest

SCHEMES = ("postgresql://", "postgres://")
MADE = "recudf publish"  # how the comment of a table of ours begins
# what PostgreSQL calls DuckDB's types, and what DuckDB casts them to on the way
TYPES = {
    "VARCHAR": ("text", "varchar"),
    "BOOLEAN": ("boolean", "boolean"),
    "TINYINT": ("integer", "integer"),
    "SMALLINT": ("integer", "integer"),
    "INTEGER": ("integer", "integer"),
    "BIGINT": ("bigint", "bigint"),
    "UTINYINT": ("integer", "integer"),
    "USMALLINT": ("integer", "integer"),
    "UINTEGER": ("bigint", "bigint"),
    "HUGEINT": ("bigint", "bigint"),
    "UBIGINT": ("bigint", "bigint"),
    "FLOAT": ("double precision", "double"),
    "DOUBLE": ("double precision", "double"),
    "DATE": ("date", "date"),
    "TIMESTAMP": ("timestamp without time zone", "timestamp"),
    "TIMESTAMP WITH TIME ZONE": ("timestamp with time zone", "timestamptz"),
}
BATCH = 50_000


def is_postgres(destination: Path | str) -> bool:
    """Whether a destination is a PostgreSQL database."""
    return isinstance(destination, str) and destination.startswith(SCHEMES)


class Postgres:
    """A connection to the database that a URL names, as libpq reads it; to be used in a `with` block.

    Raises InputError where the extra is not installed, WarehouseError where there is no connection.
    """

    def __init__(self, url: str) -> None:
        try:
            import adbc_driver_manager
            from adbc_driver_postgresql import dbapi
        except ImportError:
            raise InputError(
                "publishing to PostgreSQL needs the extra postgres: pip install 'recudf[postgres]'"
            ) from None
        self.name = without_secrets(url)
        self._password = urlsplit(url).password
        self._error = adbc_driver_manager.Error
        try:
            self._connection = dbapi.connect(url)
        except self._error as error:
            raise self._told(error) from None

    def __enter__(self) -> Postgres:
        return self

    def __exit__(self, *exception: object) -> None:
        self._connection.close()  # what was not committed is undone

    def write(self, marts: Marts, database: str) -> Manifest:
        """Make the tables of a schema of that name what the marts are."""
        names = marts.names()
        tables = [marts.describe(marts.relation(name), name) for name in names]
        manifest = marts.manifest(database, tables)
        comment = f"{MADE}, run {manifest.run_id}"
        try:
            with self._connection.cursor() as cursor:
                self._lock(cursor, marts.schema)
                cursor.execute(f"create schema if not exists {quoted(marts.schema)}")
                ours = self._ours(cursor, marts.schema)
                for name in ours:
                    if name not in names:
                        cursor.execute(f"drop table {marts.relation(name)}")
                for table in tables:
                    self._write_table(cursor, marts, table.name, ours, comment)
            self._connection.commit()
        except self._error as error:
            raise self._told(error) from None
        return manifest

    def published(self) -> list[tuple[str, str]]:
        """Schema and name of each table that recudf has made in this database."""
        try:
            with self._connection.cursor() as cursor:
                return self._made(cursor)
        except self._error as error:
            raise self._told(error) from None

    def clear(self) -> list[str]:
        """Drop the tables that recudf has made in this database; their names."""
        try:
            with self._connection.cursor() as cursor:
                found = self._made(cursor)
                for schema, name in found:
                    cursor.execute(f"drop table {quoted(schema)}.{quoted(name)}")
            self._connection.commit()
        except self._error as error:
            raise self._told(error) from None
        return [name for _, name in found]

    def _write_table(self, cursor: Any, marts: Marts, name: str, ours: list[str], comment: str) -> None:
        relation = marts.relation(name)
        columns = {column: self._type(name, column, kind) for column, kind in marts.columns(name).items()}
        before = self._columns(cursor, marts.schema, name)
        if before and name not in ours:
            raise InputError(
                f"{self.name} has a table {marts.schema}.{name} that `recudf publish` did not make: "
                "rename it, or build into another --schema"
            )
        if before == {column: kind for column, (kind, _) in columns.items()}:
            cursor.execute(f"delete from {relation}")
        else:
            cursor.execute(f"drop table if exists {relation}")
            defined = ", ".join(f"{quoted(column)} {kind}" for column, (kind, _) in columns.items())
            cursor.execute(f"create table {relation} ({defined})")
        cursor.execute(f"comment on table {relation} is {literal(comment)}")
        # PostgreSQL's text holds every character but NUL
        values = ", ".join(
            f"replace({quoted(c)}, chr(0), '') as {quoted(c)}"
            if kind == "text"
            else f"cast({quoted(c)} as {cast}) as {quoted(c)}"
            for c, (kind, cast) in columns.items()
        )
        query = f"select {values} from {relation} order by all"
        rows = marts.connection.sql(query).to_arrow_reader(BATCH)
        cursor.adbc_ingest(name, rows, mode="append", db_schema_name=marts.schema)

    def _lock(self, cursor: Any, schema: str) -> None:
        """Until the transaction ends."""
        cursor.execute(f"select pg_try_advisory_xact_lock(hashtext({literal(f'{MADE} {schema}')}))")
        if not cursor.fetchone()[0]:
            raise WarehouseError(f"another run of recudf publishes to {self.name}: wait until it is done")

    def _ours(self, cursor: Any, schema: str) -> list[str]:
        return [name for found, name in self._made(cursor) if found == schema]

    def _made(self, cursor: Any) -> list[tuple[str, str]]:
        cursor.execute(
            "select n.nspname::text, c.relname::text "
            "from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            f"where c.relkind = 'r' and obj_description(c.oid, 'pg_class') like {literal(MADE + ', run %')} "
            "order by 1, 2"
        )
        return [(str(schema), str(name)) for schema, name in cursor.fetchall()]

    def _columns(self, cursor: Any, schema: str, name: str) -> dict[str, str]:
        """Of any relation of that name; empty where there is none."""
        cursor.execute(
            "select column_name::text, data_type::text from information_schema.columns "
            f"where table_schema = {literal(schema)} and table_name = {literal(name)} "
            "order by ordinal_position"
        )
        return {str(column): str(kind) for column, kind in cursor.fetchall()}

    def _type(self, table: str, column: str, kind: str) -> tuple[str, str]:
        if kind not in TYPES:
            raise InputError(
                f"{table}.{column} is of type {kind}, which is not published to PostgreSQL: give a folder"
            )
        return TYPES[kind]

    def _told(self, error: Exception) -> WarehouseError:
        said = " ".join(line.strip() for line in str(error).splitlines() if line.strip())
        if self._password:
            said = said.replace(self._password, "***")
        return WarehouseError(f"cannot publish to {self.name}: {said[:400]}")
