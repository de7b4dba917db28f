"""`recudf build`: dbt build, beside the database, which the result replaces."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

import click

from recudf.cli import options
from recudf.cli.dbt_options import names
from recudf.cli.errors import Failed
from recudf.errors import ParameterError, WarehouseError

BESIDE = (
    "readers do not disturb a build without --in-place, and nobody that of a copy, given as --database, "
    "which then replaces the file"
)


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog="Example: recudf build --database shop.duckdb --vars '{half_life_days: 90}'",
)
@options.database
@click.option("--in-place", is_flag=True, help="Change the file itself, without a copy of it on the disk.")
@options.as_json
@click.argument("dbt_options", metavar="[DBT OPTIONS]", nargs=-1, type=click.UNPROCESSED)
def build(database: Path, in_place: bool, as_json: bool, dbt_options: tuple[str, ...]) -> None:
    """Build all tables from the inputs in the database and test them.

    The work goes on in a copy, which replaces the database when everything is built and has passed its tests:
    until then, and if the build fails or is killed, readers see the tables of the build before. Where nothing
    that a build reads has changed since the last one, its tables stand; --full-refresh builds them anew.

    Where the working directory is a dbt project that installs recudf (see `recudf init`), that one is built,
    in place, otherwise the one that comes with recudf. dbt's own options pass through: --vars, --select,
    --full-refresh, --target, --quiet and all others. dbt's logs and artifacts lie in .recudf beside the
    database. A target of `type: spark`, such as --target spark, is built on Spark, in the folder
    RECUDF_SPARK_WAREHOUSE (docs/spark.md).

    --json prints the build's row of fct_runs, and what dbt says to stderr.
    """
    from recudf.cli import spark
    from recudf.cli.project import own_project
    from recudf.settings import Settings

    Settings.from_environment()  # a wrong one is told before dbt starts
    if spark.is_target(dbt_options):
        if as_json:
            raise ParameterError("--json tells of builds on DuckDB: leave it out with a target of type spark")
        spark.build(dbt_options)
        return
    in_place = in_place or own_project() is not None
    if not as_json:
        build_database(database, dbt_options, in_place)
        return
    with redirect_stdout(sys.stderr):
        build_database(database, dbt_options, in_place)
    from recudf.engines.built import last_run

    click.echo(json.dumps({"database": str(database), "run": last_run(database)}, indent=2, default=str))


def build_database(database: Path, dbt_options: Sequence[str] = (), in_place: bool = False) -> None:
    """dbt build with these options, in place or beside the database; raises Failed when it fails."""
    from recudf.cli.project import (
        check_database,
        check_inputs,
        declared_variables,
        own_project,
        run_dbt,
    )
    from recudf.cli.repeats import describe
    from recudf.engines.beside import beside, only_run
    from recudf.engines.unchanged import record, repeat

    given = names(dbt_options)
    in_place = in_place or "--project-dir" in given
    try:
        check_database(database, read_only=not in_place)
    except WarehouseError as error:
        if in_place and "in use by another process" in str(error):
            raise WarehouseError(f"{error}; {BESIDE}") from None
        raise
    if not own_project() and not given & {"--vars", "--project-dir"}:
        check_inputs(database)  # where a var may say that they are elsewhere, dbt looks for them
    if in_place:
        with only_run(database):
            _prepare(database, dbt_options)
            if not run_dbt(["build", *dbt_options], database):
                raise Failed(
                    "the build failed: dbt's messages above name the model and the cause; "
                    "tables built before stay"
                )
            if "--project-dir" not in given and (reads := describe(dbt_options, declared_variables())):
                record(database, reads, repeatable=False)
        return
    repeatable = describe(dbt_options)
    with beside(database) as copy:
        if repeatable and (built_at := repeat(copy, repeatable)):
            click.echo(f"nothing has changed since the build of {built_at}: its tables stand")
            return
        _prepare(copy, dbt_options)
        if not run_dbt(["build", *dbt_options], database, copy=copy):
            raise Failed(
                "the build failed: dbt's messages above name the model and the cause; "
                f"{database} is as it was, what was built is in {copy} until the next build"
            )
        if repeatable:
            record(copy, repeatable)


def _prepare(database: Path, dbt_options: Sequence[str]) -> None:
    """Tell what a database that another version built goes through; forget what the last build noted."""
    from recudf import __version__
    from recudf.engines.unchanged import forget
    from recudf.engines.versions import prepare

    note = prepare(database, __version__, full_refresh=bool({"--full-refresh", "-f"} & set(dbt_options)))
    if note:
        click.echo(note, err=True)
    forget(database)
