"""`recudf build`: dbt build, on the project that comes with recudf."""

from __future__ import annotations

from pathlib import Path

import click

from recudf.cli import options
from recudf.cli.errors import Failed


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog="Example: recudf build --database shop.duckdb --vars '{half_life_days: 90}'",
)
@options.database
@click.argument("dbt_options", metavar="[DBT OPTIONS]", nargs=-1, type=click.UNPROCESSED)
def build(database: Path, dbt_options: tuple[str, ...]) -> None:
    """Build all tables from the inputs in the database and test them.

    Where the working directory is a dbt project that installs recudf (see `recudf init`), that one is built,
    otherwise the one that comes with recudf. dbt's own options pass through: --vars, --select,
    --full-refresh, --target, --quiet and all others. dbt's logs and artifacts lie in .recudf beside the
    database.
    """
    from recudf.cli.project import check_database, check_inputs, own_project, run_dbt
    from recudf.settings import Settings

    Settings.from_environment()  # a wrong one is told before dbt starts
    check_database(database)
    if not own_project() and not {o.split("=")[0] for o in dbt_options} & {"--vars", "--project-dir"}:
        check_inputs(database)  # where a var may say that they are elsewhere, dbt looks for them
    if not run_dbt(["build", *dbt_options], database):
        raise Failed(
            "the build failed: dbt's messages above name the model and the cause; tables built before stay"
        )
