"""`recudf forget`: people, and all that was made of what they did and wrote."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recudf.cli import options

if TYPE_CHECKING:
    from recudf.engines.forgetting import Receipt


@click.command(
    epilog="Example: recudf forget u0017 u0042 --database shop.duckdb && recudf build --database shop.duckdb"
)
@click.argument("users", metavar="USER...", nargs=-1)
@click.option("--requests", is_flag=True, help="Everybody whom raw.forget_requests names.")
@options.database
@click.option(
    "--published",
    metavar="DEST",
    multiple=True,
    type=options.PlaceType(),
    help="A folder or URL of `recudf publish`: all that was published there is deleted. May be given again.",
)
@options.as_json
def forget(
    users: tuple[str, ...],
    requests: bool,
    database: Path,
    published: tuple[Path | str, ...],
    as_json: bool,
) -> None:
    """Take each USER out of the database: the input rows that name them, and all that was made of these.

    The tables of the build are dropped, with groups and topics, since everybody has a part in them: the next
    `recudf build` makes them as if these people had never been there. The file is written anew, so that it
    holds nothing of what is deleted. With --requests it is those who have asked in the input
    forget_requests, which keeps their ids, so that a later load does not bring them back. Tables that are
    not recudf's are left alone; where they name somebody, that is told.
    """
    from recudf.engines.forgetting import forget as rewrite
    from recudf.engines.forgetting import forget_requested
    from recudf.engines.publishing import check_published, clear
    from recudf.publishing.stores import without_secrets

    if bool(users) is requests:
        raise click.UsageError("name the users, or give --requests, and not both")
    for place in published:
        check_published(place)
    receipt = forget_requested(database) if requests else rewrite(database, users)
    if len(receipt.unknown) == receipt.asked:  # of requests alone
        published = ()
    deleted = {without_secrets(str(place)): clear(place) for place in published}
    if as_json:
        click.echo(json.dumps({**asdict(receipt), "published": deleted}, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(receipt)))
        for name, gone in deleted.items():
            what = "tables" if name.startswith("postgres") else "versions"
            click.echo(f"{name}: {len(gone)} published {what} deleted: publish again after the build")
    for column, rows in receipt.left.items():
        click.echo(f"note: left alone, with their ids or sentences in {rows:,} rows: {column}", err=True)
    if receipt.unknown:
        click.echo(f"note: not known: {', '.join(receipt.unknown)}", err=True)
    if receipt.deleted or receipt.dropped:
        click.echo(f"next: recudf build --database {database}", err=True)


def _lines(receipt: Receipt) -> list[str]:
    if len(receipt.unknown) == receipt.asked:
        return [f"nothing to do: none of {receipt.asked} who asked is in the database"]
    rows = [(table, f"{count:,}") for table, count in receipt.deleted.items()]
    rows += [
        ("embeddings", f"{receipt.embeddings:,}"),
        ("answers of a language model", f"{receipt.answers:,}"),
    ]
    widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
    lines = [f"{name:<{widths[0]}}  {count:>{widths[1]}} rows deleted" for name, count in rows]
    named = sum(receipt.dropped.values())
    if receipt.dropped:
        lines.append(
            f"{len(receipt.dropped)} tables of the build dropped; {named:,} of their rows named them"
        )
    known = receipt.asked - len(receipt.unknown)
    return [*lines, f"forgotten: {known} users, and {receipt.texts:,} texts that they alone wrote"]
