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

    dbt's own options pass through: --vars, --select, --full-refresh, --target, --quiet and all others. dbt's
    logs and artifacts lie in .recudf beside the database.
    """
    from recudf.cli.project import check_database, run_dbt

    check_database(database)
    if not run_dbt(["build", *dbt_options], database):
        raise Failed(
            "the build failed: dbt's messages above name the model and the cause; tables built before stay"
        )
