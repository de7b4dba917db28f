"""Whether a build would make the same tables again: a digest of all that it reads, and of what it left.

Rows enter by a hash that does not depend on their order, as tables do not.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from recudf.engines.duckdb import open_database, register
from recudf.engines.files import quoted
from recudf.errors import InputError
from recudf.settings import LEXICAL, Settings

CODE = {".sql", ".yml", ".csv", ".py", ".toml"}
SHARED = "recudf_embeddings"  # embeddings, and answers of a language model
MINUTE = "%-d %B %Y, %H:%M UTC"
LEFT_BY_DBT = {"target", "logs", "dbt_packages"}

Relation = tuple[str, str]  # schema and name


@dataclass(frozen=True)
class Build:
    """What a build depends on, apart from the database.

    schema: where its tables land. reads: relations, and names of schemas of which everything counts.
    measured: the schema of measurements, which evaluations write. code: folders whose files it runs. options:
    those of dbt that decide what is built and tested. encoder: the var of that name.
    """

    schema: str
    reads: tuple[Relation | str, ...]
    measured: str
    code: tuple[Path, ...]
    options: tuple[str, ...]
    settings: Settings
    encoder: str = "default"


def record(database: Path, build: Build, repeatable: bool = True) -> None:
    """Note in the last row of fct_runs what the build that has just ended has read and left.

    repeatable: False notes its inputs alone, where what else it depends on is not known.
    """
    with open_database(database) as connection:
        # switched off, or in another schema
        if not _has_columns(connection, build, {"digest", "started_at"}):
            return
        connection.execute(
            f"update {_runs(build)} set digest = ? where run_id = (select run_id from {_last(build)})",
            [_digest(connection, build) if repeatable else f"{_inputs(connection, build)}-"],
        )


def refuse_other_inputs(connection: duckdb.DuckDBPyConnection, build: Build) -> None:
    """Raise InputError where the inputs are not those that the tables in build.schema were made of.

    After a build that noted nothing of them, as dbt alone, this is not known, and passes.
    """
    if not _has_columns(connection, build, {"digest", "started_at"}):
        return
    last = connection.execute(
        f"select digest, strftime(started_at, '{MINUTE}') from {_last(build)}"
    ).fetchall()
    for digest, built_at in last:
        inputs, noted, _ = (digest or "").partition("-")
        if noted and inputs != _inputs(connection, build):
            raise InputError(
                f"the inputs are not those of the build of {built_at} in schema {build.schema}, whose events "
                "would be judged: run `recudf build` first, or give the --vars of that build"
            )


def repeat(database: Path, build: Build) -> str | None:
    """Where a build would make the same tables again, add a row to fct_runs that says so; None where not.

    Returns when the tables were built.
    """
    began = time.monotonic()
    with open_database(database) as connection:
        if not _has_columns(connection, build, {"digest", "is_unchanged", "valid_until", "llm_calls"}):
            return None
        # a row that is dated ahead counts from the first build after its time
        last = connection.execute(
            f"select digest from {_last(build)} "
            "where coalesce(valid_until > cast(timezone('UTC', get_current_timestamp()) as timestamp), true)"
        ).fetchall()
        if not last or last[0][0] is None or last[0][0] != _digest(connection, build):
            return None
        connection.execute(
            f"insert into {_runs(build)} by name select * replace (? as run_id, "
            "cast(timezone('UTC', get_current_timestamp()) as timestamp) as started_at, ? as seconds, "
            "0 as llm_calls, 0 as texts_embedded, texts_embedded + texts_reused as texts_reused, "
            "true as is_unchanged) "
            f"from {_last(build)}",
            [str(uuid.uuid4()), time.monotonic() - began],
        )
        ((built_at,),) = connection.execute(
            f"select strftime(max(started_at), '{MINUTE}') from {_runs(build)} where not is_unchanged"
        ).fetchall()
        return str(built_at)


def forget(database: Path) -> None:
    """Have the next build made: one that may change some of the tables is about to begin."""
    with open_database(database) as connection:
        schemas = connection.execute(
            "select schema_name from duckdb_columns() "
            "where table_name = 'fct_runs' and database_name = current_database() "
            "group by schema_name "
            "having count(*) filter (where column_name in ('digest', 'is_unchanged')) = 2"
        ).fetchall()
        for (schema,) in schemas:
            connection.execute(f"update {quoted(schema)}.fct_runs set digest = null where digest is not null")


def _runs(build: Build) -> str:
    return f"{quoted(build.schema)}.fct_runs"


def _last(build: Build) -> str:
    return f"(select * from {_runs(build)} order by started_at desc, run_id desc limit 1) as last"


def _has_columns(connection: duckdb.DuckDBPyConnection, build: Build, wanted: set[str]) -> bool:
    columns = connection.execute(
        "select column_name from duckdb_columns() "
        "where database_name = current_database() and schema_name = ? and table_name = 'fct_runs'",
        [build.schema],
    ).fetchall()
    return wanted <= {name for (name,) in columns}


def _inputs(connection: duckdb.DuckDBPyConnection, build: Build) -> str:
    contents = "".join(_content(connection, relation) for relation in _relations(connection, build.reads))
    return hashlib.sha256(contents.encode()).hexdigest()


def _digest(connection: duckdb.DuckDBPyConnection, build: Build) -> str:
    """That of the inputs, and after a dash that of all else."""
    settings = (build.settings.encoder, build.settings.encoders, build.settings.llm)
    digest = hashlib.sha256(repr((build.schema, build.options, settings)).encode())
    for part in (_encoder(connection, build), _code(build.code)):
        digest.update(part.encode())
    for relation in _relations(connection, (build.measured,)):
        digest.update(_content(connection, relation).encode())
    # what the build left: a table that is gone, has lost rows or is of another run of dbt is made again
    for schema, name in _relations(connection, (build.schema,)):
        if name != "fct_runs":
            table = f"{quoted(schema)}.{quoted(name)}"
            columns = [column for column, *_ in connection.execute(f"describe {table}").fetchall()]
            runs = ", min(run_id), max(run_id)" if "run_id" in columns else ""
            rows = connection.execute(f"select count(*){runs} from {table}").fetchall()
            digest.update(repr((schema, name, rows)).encode())
    # what schemas share gains rows by other builds, but may not be gone
    digest.update(repr(_relations(connection, (SHARED,))).encode())
    return f"{_inputs(connection, build)}-{digest.hexdigest()}"


def _encoder(connection: duckdb.DuckDBPyConnection, build: Build) -> str:
    """The fingerprint: a model in a folder may have changed under its name. A fitted encoder is what the
    texts make it."""
    if build.encoder == LEXICAL:
        return LEXICAL
    register(connection, build.settings)
    suffix = "" if build.encoder == "default" else f"_{build.encoder}"
    return repr(connection.execute(f"select encoder_info{suffix}().fingerprint").fetchall())


def _code(folders: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.suffix in CODE and name.parts[0] not in LEFT_BY_DBT and path.is_file():
                digest.update(repr((str(name), path.read_bytes())).encode())
    return digest.hexdigest()


def _relations(connection: duckdb.DuckDBPyConnection, wanted: Sequence[Relation | str]) -> list[Relation]:
    """The wanted relations that exist, sorted; SQL does not tell upper from lower case."""
    rows = connection.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_catalog = current_database()"
    ).fetchall()
    schemas = {name.lower() for name in wanted if isinstance(name, str)}
    named = {(schema.lower(), name.lower()) for schema, name in (r for r in wanted if not isinstance(r, str))}
    return sorted((s, n) for s, n in rows if s.lower() in schemas or (s.lower(), n.lower()) in named)


def _content(connection: duckdb.DuckDBPyConnection, relation: Relation) -> str:
    """Columns, their types, and a hash of the rows whatever their order."""
    name = ".".join(quoted(part) for part in relation)
    columns = [row[:2] for row in connection.execute(f"describe {name}").fetchall()]
    rows = connection.execute(
        "select count(*), cast(sum(hash) as varchar), bit_xor(hash) "
        f"from (select hash(*columns(*)) as hash from {name})"
    ).fetchall()
    return repr((relation, columns, rows))
