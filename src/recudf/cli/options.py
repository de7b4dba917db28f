"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click


class PlaceType(click.Path):
    """A folder to publish to, as a Path; a URL stays a str."""

    name = "place"

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:  # type: ignore[override]
        """A URL as it is, else the folder."""
        if isinstance(value, str) and "://" in value:
            return value
        return super().convert(value, param, ctx)  # type: ignore[arg-type]


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
users = click.option(
    "--users", multiple=True, metavar="ID", help="A user to show; may be given more than once."
)
max_users = click.option(
    "--max-users",
    type=click.IntRange(0, 1000),
    default=500,
    show_default=True,
    help="The most users to choose beside these; 0: nobody is in the page.",
)
