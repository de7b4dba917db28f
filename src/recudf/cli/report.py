"""`recudf report`: one HTML file that shows what a build made."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from recudf.cli import options
from recudf.errors import InputError


@click.command(epilog="Example: recudf report shop.html --database shop.duckdb --users u0042 --users u0107")
@click.argument("out", metavar="OUT.html", type=click.Path(dir_okay=False, path_type=Path))
@options.database
@options.users
@options.max_users
@options.schema
@options.as_json
def report(
    out: Path, database: Path, users: tuple[str, ...], max_users: int, schema: str, as_json: bool
) -> None:
    """Write OUT.html: groups, interests, recommendations with reasons, quality and builds, to look at.

    One file that needs no network, for a browser or a printer. It shows all groups, and of many users the
    most typical of each group and a fixed sample of the others; name others with --users. It holds their ids,
    interests and recommendations, and no text that they wrote. The database is only read.
    """
    from recudf.cli.project import check_database
    from recudf.engines.reports import Limits, read_report
    from recudf.report import page

    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{out} is no name of a page: give one that ends with .html")
    if not out.absolute().parent.is_dir():
        raise InputError(f"there is no folder {out.absolute().parent}: make it first")
    check_database(database, read_only=True)
    data = read_report(database, schema, users, Limits(users=max_users))
    text = page(data)
    _replace(out, text)
    shown = {name: len(data[name]["rows"]) for name in ("groups", "users", "items")}
    size = len(text.encode())
    if as_json:
        click.echo(json.dumps({"path": str(out), "bytes": size, **shown}))
        return
    counts = data["counts"]
    click.echo(
        f"{out}: {size / 1e6:.1f} MB; {shown['groups']} groups, "
        f"{shown['users']:,} of {counts['users']:,} users, {shown['items']:,} of {counts['items']:,} items"
    )


def _replace(out: Path, text: str) -> None:
    """Write a file in one step: whoever has the earlier one open keeps a whole one."""
    part = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
