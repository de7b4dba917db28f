"""`recudf load`: read files into the schema raw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recudf.cli import options

if TYPE_CHECKING:
    from recudf.engines.loading import Loaded


@click.command(epilog="Example: recudf load exports/shop exports/app --database shop.duckdb")
@click.argument("directories", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.database
@click.option("--target", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
@click.option(
    "--user-map",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write which user has which pseudonym to this file, as CSV. Keep it apart.  [default: nowhere]",
)
@options.as_json
def load(
    directories: tuple[Path, ...], database: Path, target: str, user_map: Path | None, as_json: bool
) -> None:
    """Read the files of each DIR into the database's schema raw, replacing what an earlier load put there.

    A folder may hold items, interactions, texts, users, memberships, group_interactions, relations, taxonomy,
    blocklist and forget_requests, each as .parquet, .csv, .csv.gz, .json, .jsonl or .ndjson. Several folders
    are united by column name; rows without a source get the folder's name as source. Either all is loaded or
    nothing is changed. With a key in RECUDF_USER_KEY, or in the file that RECUDF_USER_KEY_FILE names, ids of
    users become pseudonyms before anything is written. With --target spark the tables are in Spark's
    catalogue, in the folder RECUDF_SPARK_WAREHOUSE.
    """
    from recudf.cli import spark
    from recudf.engines.loading import load as load_folders

    place = str(database)
    if target == "spark":
        loaded, place = spark.load(directories, user_map), str(spark.warehouse() or "Spark's catalogue")
    else:
        loaded = load_folders(database, directories, user_map)
    click.echo(_json(loaded) if as_json else _table(loaded, place))


def _json(loaded: Loaded) -> str:
    tables = [
        {
            "input": t.input,
            "rows": t.rows,
            "files": [str(f) for f in t.files],
            "unused_columns": list(t.unused),
        }
        for t in loaded.tables
    ]
    ignored = [str(path) for path in loaded.ignored]
    said = {"tables": tables, "ignored": ignored, "dropped": list(loaded.dropped)}
    return json.dumps({**said, "user_key": loaded.user_key}, indent=2)


def _table(loaded: Loaded, place: str) -> str:
    rows = [("input", "rows", "columns without use")]
    rows += [(t.input, f"{t.rows:,}" if t.rows else "none", ", ".join(t.unused)) for t in loaded.tables]
    widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
    lines = [f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c}".rstrip() for a, b, c in rows]
    lines += [f"left alone, not a name that load knows: {path}" for path in loaded.ignored]
    lines += [f"dropped, not in these folders: raw.{name}" for name in loaded.dropped]
    if loaded.user_key:
        lines.append(f"ids of users are pseudonyms of the key {loaded.user_key}")
    return "\n".join([*lines, f"loaded into {place}"])
