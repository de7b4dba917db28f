"""`recudf publish`: the marts as files that BI tools and notebooks read."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recudf.cli import options

if TYPE_CHECKING:
    from recudf.publishing.manifest import Manifest


@click.command(epilog="Example: recudf publish /srv/bi/shop --database shop.duckdb")
@click.argument("destination", metavar="DEST", type=click.Path(file_okay=False, path_type=Path))
@options.database
@options.schema
@click.option("--vectors", is_flag=True, help="Publish vec_* as well, as Parquet.")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="How many versions stay, this one counted.",
)
@click.option(
    "--epsilon",
    type=click.FloatRange(min=0, min_open=True, max=100),
    help="Publish sizes of groups and users of interests alone, with the noise of this epsilon.",
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
    destination: Path,
    database: Path,
    schema: str,
    vectors: bool,
    keep: int,
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
    """
    from recudf.engines.noisy import Privacy
    from recudf.engines.publishing import publish as write
    from recudf.engines.publishing import roll_back

    if epsilon is not None and (vectors or rollback):
        raise click.UsageError("--epsilon publishes counts alone: leave out --vectors and --rollback")
    privacy = None if epsilon is None else Privacy(epsilon, interests_per_user)
    if rollback:
        manifest, deleted = roll_back(destination), list[str]()
    else:
        manifest, deleted = write(database, destination, schema, keep, vectors, privacy)
    version = (destination / "current").resolve().name
    if as_json:
        said = {"version": version, "deleted": deleted, **asdict(manifest)}
        click.echo(json.dumps(said, indent=2))
        return
    if not rollback:
        click.echo(_table(manifest))
    for name in deleted:
        click.echo(f"deleted version {name}")
    verb = "current again is" if rollback else "published"
    click.echo(f"{verb} version {version}, run {manifest.run_id}: {destination / 'current'}")
    if manifest.earlier:
        click.echo(f"note: of an earlier build: {', '.join(manifest.earlier)}", err=True)


def _table(manifest: Manifest) -> str:
    rows = [(table.name, f"{table.rows:,}") for table in manifest.tables]
    widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
    return "\n".join(f"{name:<{widths[0]}}  {count:>{widths[1]}}" for name, count in rows)
