"""`recudf publish`: the marts as files that BI tools and notebooks read, or in PostgreSQL."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recudf.cli import options
from recudf.errors import InputError

if TYPE_CHECKING:
    from recudf.publishing.manifest import Manifest


@click.command(
    epilog="\b\nExamples:\n  recudf publish /srv/bi/shop --database shop.duckdb\n"
    "  recudf publish --to s3://bucket/shop\n  recudf publish --to postgresql://bi@host/warehouse"
)
@click.argument("destination", metavar="[DEST]", required=False, type=options.PlaceType())
@click.option(
    "--to",
    metavar="URL",
    help="Instead of a folder: s3://bucket/path, gs://bucket/path, file:///folder (without links), "
    "or postgresql://user@host/database.",
)
@options.database
@options.schema
@click.option("--vectors", is_flag=True, help="Publish vec_* as well, as Parquet.")
@click.option("--csv", is_flag=True, help="Publish csv/*.csv as well, as Excel reads it.")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="How many versions stay, this one counted.",
)
@click.option(
    "--rows-per-file",
    type=click.IntRange(min=1),
    default=1_000_000,
    show_default=True,
    help="A mart of more rows is a folder of Parquet files; of vectors, a tenth of it.",
)
@click.option(
    "--epsilon",
    type=click.FloatRange(min=0, min_open=True, max=100),
    help="Publish sizes of groups and users of interests alone, with the noise of this epsilon."
    "  [default: no noise]",
)
@click.option(
    "--interests-per-user",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="With --epsilon: the most interests of one person that are counted.",
)
@click.option("--rollback", is_flag=True, help="Publish nothing: make the version before current again.")
@options.as_json
def publish(
    destination: Path | str | None,
    to: str | None,
    database: Path,
    schema: str,
    vectors: bool,
    csv: bool,
    keep: int,
    rows_per_file: int,
    epsilon: float | None,
    interests_per_user: int,
    rollback: bool,
    as_json: bool,
) -> None:
    """Write the marts of the last build to the folder DEST: marts.duckdb and parquet/*.parquet.

    Each time a new version is written beside those that are there; then the link DEST/current is turned to
    it in one step, which disturbs no reader. manifest.json in it names tables, rows, build and checksums.
    A failed or killed publish leaves the version before. marts.duckdb is of the storage version 1.2, which
    DuckDB 1.2 and later open.

    In an object store the object current.json names the version instead of a link. In PostgreSQL the tables
    of the schema change in one transaction, and no earlier version is kept.
    """
    from recudf.engines.noisy import Privacy
    from recudf.engines.publishing import publish as write
    from recudf.engines.publishing import roll_back

    place = destination if to is None else to
    if place is None or (to is not None and destination is not None):
        raise InputError("name where to publish: a folder DEST, or --to URL, one of the two")
    if to is not None and "://" not in to:
        raise InputError(f"--to is {to}: give a URL, as s3://bucket/shop, or the folder alone")
    if str(place).startswith("postgres"):
        _check_for_postgres()
    if epsilon is not None and (vectors or csv or rollback):
        raise click.UsageError("--epsilon publishes counts alone: leave out --vectors, --csv and --rollback")
    privacy = None if epsilon is None else Privacy(epsilon, interests_per_user)
    done = (
        roll_back(place)
        if rollback
        else write(database, place, schema, keep, vectors, csv, privacy, rows_per_file)
    )
    manifest = done.manifest
    if as_json:
        said = {"version": done.version, "deleted": done.deleted, **asdict(manifest)}
        click.echo(json.dumps(said, indent=2))
        return
    if not rollback:
        click.echo(_table(manifest))
    for name in done.deleted:
        click.echo(f"deleted version {name}")
    verb = "current again is" if rollback else "published"
    version = f"version {done.version}, " if done.version else ""
    click.echo(f"{verb} {version}run {manifest.run_id}: {done.place}")
    if manifest.earlier:
        click.echo(f"note: of an earlier build: {', '.join(manifest.earlier)}", err=True)


def _check_for_postgres() -> None:
    source = click.get_current_context().get_parameter_source
    if source("keep") == click.core.ParameterSource.COMMANDLINE:
        raise InputError("--keep is for versions, and PostgreSQL holds what was published last: leave it out")
    if source("rows_per_file") == click.core.ParameterSource.COMMANDLINE:
        raise InputError("--rows-per-file is for Parquet, and PostgreSQL takes no files: leave it out")


def _table(manifest: Manifest) -> str:
    rows = [(table.name, f"{table.rows:,}") for table in manifest.tables]
    widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
    return "\n".join(f"{name:<{widths[0]}}  {count:>{widths[1]}}" for name, count in rows)
