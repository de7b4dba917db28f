"""`recudf explain`: why an item is recommended to a user, or why not."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recudf.cli import options

if TYPE_CHECKING:
    from recudf.engines.explaining import Evidence, Explanation, Part


@click.command(epilog="Example: recudf explain u0001 i0042 --database shop.duckdb")
@click.argument("user")
@click.argument("item")
@options.database
@options.schema
@options.as_json
def explain(user: str, item: str, database: Path, schema: str, as_json: bool) -> None:
    """Say why ITEM is recommended to USER: its score in parts, its reason and the row behind the reason.

    Of an item that is not recommended it is said what it lacks. Ids are those of dim_users and dim_items.
    Texts of users are named by their id, never shown.
    """
    from recudf.engines.explaining import explain as read

    explanation = read(database, user, item, schema)
    if as_json:
        click.echo(json.dumps(asdict(explanation), indent=2, ensure_ascii=False, default=_time))
    else:
        click.echo("\n".join(_lines(explanation)))


def _time(value: object) -> str:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)


def _lines(found: Explanation) -> list[str]:
    title = f": {found.item_title}" if found.item_title else ""
    lines = [f"user {found.user_id}, item {found.item_id}{title}"]
    if found.rank is None:
        lines.append(f"not recommended: {found.answer}")
    else:
        chance = "" if found.probability is None else f", chance {found.probability:.0%}"
        lines.append(f"recommended at rank {found.rank}, score {found.score:.3f}{chance}: {found.reason}")
    if found.evidence is not None:
        lines.append(f"  {_row(found.evidence)}")
    if found.parts:
        lines += ["", *_table(found.parts)]
    moment = f", as of {_time(found.as_of)}" if found.as_of else ""
    return [*lines, "", f"build {found.run_id}{moment}"]


def _row(row: Evidence) -> str:
    """The row behind a reason, on one line."""
    if row.kind == "popular":
        return f"liked by {row.users:,} users, {row.recent_users:,.1f} of them with age discounted"
    said = [f"{row.kind} {row.ref_id}" + (f" ({row.title})" if row.title else "")]
    if row.event:
        rating = "" if row.value is None else f" {row.value:g} of {row.highest:g}"
        said.append(f"{row.event}{rating}")
    if row.at:
        said.append(_time(row.at))
    if row.events and row.events > 1:
        said.append(f"the weightiest of {row.events} events")
    return ", ".join(said)


def _table(parts: tuple[Part, ...]) -> list[str]:
    led = "because of" if any(part.lead for part in parts) else ""
    rows = [("part", "value", "of what is recommended", led)]
    for part in parts:
        usual = "" if part.of_recommended is None else f"{part.of_recommended:.3f}"
        lead = "" if part.lead is None else _row(part.lead)
        rows.append((part.part, f"{part.value:.3f}", usual, lead))
    rows.append(("sum", f"{sum(part.value for part in parts):.3f}", "", ""))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return [f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c:>{widths[2]}}  {d}".rstrip() for a, b, c, d in rows]
