"""`recudf sample`: write the sample shop into a folder."""

from __future__ import annotations

import json
from pathlib import Path

import click

from recudf.cli import options


@click.command(epilog="Example: recudf sample shop --users 1000 --noise 0.3 && recudf load shop")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", default=7, show_default=True, help="Equal seeds make equal samples.")
@click.option("--users", default=300, show_default=True, help="People; a bot for every hundred comes on top.")
@click.option("--items", default=240, show_default=True, help="Items of the shop.")
@click.option("--interactions", default=6000, show_default=True, help="Events of people.")
@click.option("--texts", default=600, show_default=True, help="Reviews, searches and posts.")
@click.option("--groups", default=6, show_default=True, help="Planted interest groups, at most 10.")
@click.option("--noise", default=0.15, show_default=True, help="Share of visits outside of the interests.")
@click.option("--drift", default=0.0, show_default=True, help="Share of users who move to another group.")
@options.as_json
def sample(directory: Path, as_json: bool, **parameters: int | float) -> None:
    """Make a sample shop in DIR: items, users, interactions and texts, deterministic by seed.

    The interest groups that were planted, bots and counts of dirty rows are told in DIR/truth.
    """
    from recudf.sample import SampleParameters, make_sample, write_sample

    made = make_sample(SampleParameters(**parameters))  # type: ignore[arg-type]
    write_sample(directory, made)
    rows = {name: table.num_rows for name, table in made.inputs.items()}
    if as_json:
        click.echo(json.dumps({"directory": str(directory), "rows": rows}))
        return
    for name, count in rows.items():
        click.echo(f"{directory / name}.parquet  {count:,} rows")
    click.echo(f"{directory / 'truth'}  planted groups, bots, parameters")
