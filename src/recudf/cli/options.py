"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

database = click.option(
    "--database",
    metavar="PATH",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="RECUDF_DATABASE",
    default="warehouse.duckdb",
    show_default=True,
    show_envvar=True,
    help="The DuckDB file.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
schema = click.option(
    "--schema",
    envvar="RECUDF_SCHEMA",
    default="recudf",
    show_default=True,
    show_envvar=True,
    help="Where the build's tables are.",
)
