"""Runs dbt in this process: on the project that comes with recudf, or on the user's own that installs it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import click

from recudf.cli.dbt_options import names
from recudf.cli.errors import Failed, explain, is_duckdb_error, is_plain, remedy
from recudf.cli.variables import refuse_templates
from recudf.errors import InputError


def project_directory() -> Path:
    """Where the dbt project that comes with recudf lies, which is also the package for other projects."""
    return Path(str(resources.files("recudf.dbt_project")))


def own_project() -> Path | None:
    """The dbt project in the working directory, if it installs recudf; then commands work on it."""
    here = Path.cwd()
    return here if (here / "dbt_project.yml").exists() and uses_recudf(here) else None


def declared_variables() -> dict[str, Any]:
    """The vars that the dbt project in the working directory sets for recudf; none where there is no such."""
    import yaml

    project = own_project()
    own = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8")) if project else None
    declared = (own or {}).get("vars") or {}
    return {**declared, **(declared.get("recudf") or {})}


def uses_recudf(project: Path) -> bool:
    """Whether a dbt project names recudf among its packages."""
    files = (project / name for name in ("packages.yml", "dependencies.yml"))
    return any("recudf" in file.read_text(encoding="utf-8").lower() for file in files if file.exists())


def run_dbt(
    arguments: Sequence[str], database: Path, schema: str | None = None, copy: Path | None = None
) -> bool:
    """Run one dbt command on the database and say whether it succeeded; dbt prints what it does.

    arguments: as after `dbt`; project, profile and target paths are added unless they are among them. The
    project is the one in the working directory if it installs recudf, else the one that comes with recudf.
    schema: where relations land instead of `recudf`. copy: a working copy of the database, to be changed in
    its place. What was opened is closed again afterwards. Ctrl-C is raised once dbt has cancelled.
    Raises ParameterError for a var that dbt would render as a template.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    refuse_templates(arguments)
    project = None if "--project-dir" in names(arguments) else own_project()
    with _environment(copy or database, schema):
        try:
            return _install_packages(database, project) and _invoke(_complete(arguments, database, project))
        finally:
            DuckDBConnectionManager.close_all_connections()


def _invoke(arguments: Sequence[str]) -> bool:
    from dbt.cli.exceptions import DbtUsageException
    from dbt.cli.main import dbtRunner

    with _without_traces():
        result = dbtRunner().invoke(list(arguments))
    if isinstance(result.exception, KeyboardInterrupt):
        raise result.exception
    if isinstance(result.exception, OSError):
        raise Failed(f"dbt has stopped: {explain(result.exception)}; tables built before stay")
    if isinstance(result.exception, DbtUsageException):  # all others dbt has told itself
        click.echo(result.exception, err=True)
    said = [str(result.exception), *(str(r.message) for r in getattr(result.result, "results", None) or [])]
    for found in dict.fromkeys(remedy(message) for message in said):
        if found:
            click.echo(f"hint: {found}", err=True)
    return bool(result.success)


@contextmanager
def _without_traces() -> Iterator[None]:
    """Have dbt tell an error of DuckDB's or of the file system as one line: it would print where in its code
    that came up, and Python would, for every line that the log has no room for."""
    from dbt.cli import requires
    from dbt.events.types import MainStackTrace

    fire = requires.fire_event
    raise_exceptions = logging.raiseExceptions

    def fire_most(event: object, *arguments: object, **options: object) -> None:
        error = sys.exc_info()[1]
        if not isinstance(event, MainStackTrace) or not (
            isinstance(error, OSError) or is_duckdb_error(error)
        ):
            fire(event, *arguments, **options)

    requires.fire_event, logging.raiseExceptions = fire_most, False
    try:
        yield
    finally:
        requires.fire_event, logging.raiseExceptions = fire, raise_exceptions


def _install_packages(database: Path, project: Path | None) -> bool:
    """`dbt deps`, where the project lacks the package: it is linked from where recudf is installed."""
    if project is None or (project / "dbt_packages" / "recudf" / "dbt_project.yml").exists():
        return True
    arguments = _complete(["deps", "--quiet"], database, project)
    place = arguments.index("--target-path")  # deps knows no such option
    return _invoke(arguments[:place] + arguments[place + 2 :])


def check_database(database: Path, read_only: bool = False) -> None:
    """Raise unless the path is a DuckDB file that this process can write, or at least read."""
    from recudf.engines.duckdb import check_name, open_database

    if not database.exists():
        raise InputError(f"{database} does not exist: run `recudf load DIR --database {database}` first")
    check_name(database)
    open_database(database, read_only).close()


def check_inputs(database: Path) -> None:
    """Raise InputError if the database holds none of the inputs that `recudf load` writes."""
    from recudf.engines.duckdb import open_database
    from recudf.engines.loading import loaded_inputs

    connection = open_database(database, read_only=True)
    try:
        if not loaded_inputs(connection):
            raise InputError(
                f"{database} holds no inputs: run `recudf load DIR --database {database}` first, or name "
                "tables of your own, as in --vars '{inputs: {items: shop.products}}'"
            )
    finally:
        connection.close()


def _complete(arguments: Sequence[str], database: Path, project: Path | None) -> list[str]:
    """Arguments with project and profile, and with dbt's own files beside the database."""
    from recudf.engines.beside import artifacts

    given = names(arguments)
    beside = artifacts(database)
    defaults = {
        "--project-dir": project or project_directory(),
        "--profiles-dir": project or project_directory(),
        "--target-path": beside / "target",
        "--log-path": beside / "logs",
    }
    if project and not (project / "profiles.yml").exists():
        del defaults["--profiles-dir"]  # dbt looks where the user's profiles usually are
    completed = list(arguments)
    for option, value in defaults.items():
        if option not in given:
            completed += [option, str(value)]
    return completed


@contextmanager
def _environment(database: Path, schema: str | None) -> Iterator[None]:
    """What profiles.yml and packages.yml read, for the time of one dbt command."""
    wanted = {
        "RECUDF_DATABASE": str(database.resolve()),
        "RECUDF_PACKAGE": str(project_directory()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    if schema is not None:
        wanted["RECUDF_SCHEMA"] = schema
    if is_plain():
        wanted["DBT_USE_COLORS"] = "false"
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
