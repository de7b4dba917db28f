"""Runs dbt in this process, on the project that comes with recudf and a database of the user's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from recudf.errors import InputError


def project_directory() -> Path:
    """Where the dbt project lies."""
    return Path(str(resources.files("recudf.dbt_project")))


def run_dbt(arguments: Sequence[str], database: Path, schema: str | None = None) -> bool:
    """Run one dbt command on the database and say whether it succeeded; dbt prints what it does.

    arguments: as after `dbt`; project, profile and target paths are added unless they are among them.
    schema: where relations land instead of `recudf`. The database is closed again afterwards.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    with _environment(database, schema):
        try:
            result = dbtRunner().invoke(_complete(arguments, database))
        finally:
            DuckDBConnectionManager.close_all_connections()
    return bool(result.success)


def check_database(database: Path) -> None:
    """Raise unless the path is a DuckDB file that this process can write."""
    from recudf.engines.duckdb import open_database

    if not database.exists():
        raise InputError(f"{database} does not exist: run `recudf load DIR --database {database}` first")
    open_database(database).close()


def _complete(arguments: Sequence[str], database: Path) -> list[str]:
    """Arguments with our project and profile, and with dbt's own files beside the database."""
    given = {argument.split("=")[0] for argument in arguments}
    artifacts = database.resolve().parent / ".recudf" / database.stem
    defaults = {
        "--project-dir": project_directory(),
        "--profiles-dir": project_directory(),
        "--target-path": artifacts / "target",
        "--log-path": artifacts / "logs",
    }
    completed = list(arguments)
    for option, value in defaults.items():
        if option not in given:
            completed += [option, str(value)]
    return completed


@contextmanager
def _environment(database: Path, schema: str | None) -> Iterator[None]:
    """What profiles.yml reads, for the time of one dbt command."""
    wanted = {"RECUDF_DATABASE": str(database.resolve()), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    if schema is not None:
        wanted["RECUDF_SCHEMA"] = schema
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
