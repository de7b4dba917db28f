"""Findings about the inputs: what is mapped, what is missing, what staging would drop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from recudf.doctor.findings import Finding, note, ok, wrong
from recudf.doctor.machine import Inputs
from recudf.engines.files import literal, quoted
from recudf.inputs import BLANKS, INPUTS, InputTable

HALF = 0.5
EARLIEST = "1980-01-01"  # of the var earliest_event
BARE = "without title and description"
SAMPLE = 1000  # texts of which the characters are looked at


@dataclass(frozen=True)
class Mapped:
    """An input that is there: its relation, and which of its columns is which of ours."""

    name: str
    relation: str
    columns: Mapping[str, str]

    @property
    def label(self) -> str:
        """The relation as a person writes it."""
        return self.relation.replace('"', "")

    @property
    def table(self) -> InputTable:
        """What recudf reads of it."""
        return INPUTS[self.name]

    def value(self, column: str) -> str:
        """An id or text as a build reads it, in SQL."""
        trimmed = f"trim(cast({quoted(self.columns[column])} as varchar), {literal(BLANKS)})"
        return f"nullif({trimmed}, '')"


def mapped_inputs(
    connection: duckdb.DuckDBPyConnection, variables: Mapping[str, Any]
) -> tuple[list[Mapped], list[Finding]]:
    """The inputs that are there, by the vars `inputs` and `raw_schema`, and what is wrong with the others."""
    found, findings = [], []
    mapping = variables.get("inputs") or {}
    for name in INPUTS:
        given = mapping.get(name) or {}
        given = {"relation": given} if isinstance(given, str) else given
        if given.get("ref") or str(given.get("relation", "")).count(".") > 1:
            findings.append(note(f"input {name}", "lies elsewhere, by the var inputs: not looked at"))
            continue
        relation = str(given.get("relation") or f"{variables.get('raw_schema', 'raw')}.{name}")
        schema, _, table = relation.rpartition(".")
        there = connection.execute(
            "select table_schema, table_name, list(column_name) from information_schema.columns "
            "where table_catalog = current_database() "
            "and lower(table_schema) = lower(?) and lower(table_name) = lower(?) group by all",
            [schema, table],
        ).fetchall()
        if there:
            (schema, table, columns), names = there[0], given.get("columns") or {}
            by_name = {column.lower(): column for column in columns}
            ours = {
                column: by_name[str(names.get(column, column)).lower()]
                for column in INPUTS[name].columns
                if str(names.get(column, column)).lower() in by_name
            }
            found.append(Mapped(name, f"{quoted(schema)}.{quoted(table)}", ours))
        elif given:
            remedy = f"correct the var inputs.{name}"
            findings.append(wrong(f"input {name}", f"is mapped to {relation}, which does not exist", remedy))
    if not found and not findings:
        remedy = (
            "run `recudf load DIR`, or map tables of yours with --vars '{inputs: {items: shop.products}}'"
        )
        findings.append(wrong("inputs", "there are none", remedy))
    return found, findings


def quality(connection: duckdb.DuckDBPyConnection, inputs: list[Mapped]) -> Iterator[Finding]:
    """A finding of each input, and of how events fit the items."""
    connection.execute("set TimeZone = 'UTC'")
    for each in inputs:
        yield from _quality(connection, each)
    by_name = {each.name: each for each in inputs}
    if {"items", "interactions"} <= by_name.keys():
        yield from _matching(connection, by_name["items"], by_name["interactions"])


def _quality(connection: duckdb.DuckDBPyConnection, each: Mapped) -> Iterator[Finding]:
    check = f"input {each.name}"
    missing = [column for column in each.table.required if column not in each.columns]
    if missing:
        remedy = f"add it, or map one with the var inputs.{each.name}.columns"
        yield wrong(check, f"{each.label} has no column {', '.join(missing)}", remedy)
        return
    counts = _counts(connection, each)
    rows = counts.pop("rows")
    if not rows:
        yield note(check, f"{each.label} has no rows")
        return
    blank = {c: n / rows for c, n in counts.items() if c in each.table.required and n}
    for column, share in blank.items():
        found = f"{column} is NULL or blank in {share:.1%} of {rows:,} rows, which a build leaves out"
        level = wrong if share > HALF else note
        yield level(check, found, f"look at where {each.label} comes from")
    for kind, remedy in _REMEDIES.items():
        if counts.get(kind):
            yield note(check, f"{counts[kind]:,} of {rows:,} rows {kind}", remedy)
    if counts.get(BARE, 0) > HALF * rows:
        found = f"{counts[BARE] / rows:.1%} of {rows:,} have neither title nor description"
        yield note(check, found, "give them: without, items are described by what users wrote, or not at all")
    yield ok(check, f"{rows:,} rows in {each.label}")


_REMEDIES = {
    "are there more than once": "none needed: staging takes equal rows once",
    "are dated in the future": "a build leaves them out until their time has come: look at the time zone",
    "are dated before 1980": "a build leaves them out (var earliest_event): look at how the time is read",
    "have a time that is none": "a build takes them as undated: give times such as 2024-01-31 18:00:00",
}


def _counts(connection: duckdb.DuckDBPyConnection, each: Mapped) -> dict[str, int]:
    """Rows in all; blank ones by required column; rows of each kind of _REMEDIES."""
    measures = {"rows": "count(*)"}
    for column in each.table.required:
        measures[column] = f"count(*) filter (where {each.value(column)} is null)"
    values = [quoted(column) for column in each.columns.values()]
    measures["are there more than once"] = f"count(*) - count(distinct hash({', '.join(values)}))"
    measures |= _times(each)
    if each.name == "items":
        described = [each.value(c) for c in ("title", "description") if c in each.columns]
        measures[BARE] = f"count(*) filter (where coalesce({', '.join([*described, 'null'])}) is null)"
    counted = connection.execute(f"select {', '.join(measures.values())} from {each.relation}").fetchall()
    return dict(zip(measures, counted[0], strict=True))


def _times(each: Mapped) -> dict[str, str]:
    """Measures of the column that says when something happened."""
    column = next((c for c in ("occurred_at", "created_at") if c in each.columns), None)
    if column is None or each.name == "users":
        return {}
    raw = quoted(each.columns[column])
    time = f"coalesce(try_cast({raw} as timestamp), cast(try_cast({raw} as timestamptz) as timestamp))"
    now = "cast(timezone('UTC', get_current_timestamp()) as timestamp)"
    return {
        "are dated in the future": f"count(*) filter (where {time} > {now})",
        "are dated before 1980": f"count(*) filter (where {time} < timestamp '{EARLIEST}')",
        "have a time that is none": f"count(*) filter (where {raw} is not null and {time} is null)",
    }


def _matching(connection: duckdb.DuckDBPyConnection, items: Mapped, events: Mapped) -> Iterator[Finding]:
    if "item_id" not in items.columns or "item_id" not in events.columns:
        return
    known = f"select {items.value('item_id')} from {items.relation}"
    ((rows, unknown),) = connection.execute(
        f"select count(*), count(*) filter (where {events.value('item_id')} not in "
        f"(from ({known}) as known(item_id) where item_id is not null)) from {events.relation}"
    ).fetchall()
    found = f"{unknown:,} of {rows:,} events name no item of {items.label}"
    if rows and unknown > HALF * rows:
        yield wrong("items of events", found, "make both carry the same ids")
    elif unknown:
        yield note("items of events", found, "add these items")


def extent(connection: duckdb.DuckDBPyConnection, inputs: list[Mapped]) -> Inputs:
    """How large the inputs are."""
    by_name = {each.name: each for each in inputs}
    counts = {"interactions": "count(*), 0"}
    if "items" in by_name:
        items = by_name["items"]
        words = [items.value(c) for c in ("title", "description", "category") if c in items.columns]
        text = f"coalesce({', '.join([*words, 'null'])})"
        lengths = " + ".join([*(f"coalesce(length({word}), 0)" for word in words), "0"])
        counts["items"] = f"count(*) filter (where {text} is not null), coalesce(sum({lengths}), 0)"
    if "texts" in by_name and "text" in by_name["texts"].columns:
        text = by_name["texts"].value("text")
        counts["texts"] = f"count(distinct {text}), coalesce(sum(length({text})), 0)"
    found = {
        name: connection.execute(f"select {count} from {by_name[name].relation}").fetchall()[0]
        for name, count in counts.items()
        if name in by_name
    }
    users = 0
    if "interactions" in by_name and "user_id" in by_name["interactions"].columns:
        events = by_name["interactions"]
        ((users,),) = connection.execute(
            f"select count(distinct {events.value('user_id')}) from {events.relation}"
        ).fetchall()
    texts, characters = (sum(found.get(name, (0, 0))[i] for name in ("items", "texts")) for i in (0, 1))
    return Inputs(texts, characters, found.get("interactions", (0, 0))[0], users)


def unknown_characters(
    connection: duckdb.DuckDBPyConnection, inputs: list[Mapped], limit: float, suffix: str = ""
) -> Iterator[Finding]:
    """What share of the characters of a sample of titles, descriptions and texts the encoder does not know.

    connection: one with the functions. suffix: of the encoder's functions. limit: of the var
    unknown_share_limit.
    """
    columns = {"items": ("title", "description"), "texts": ("text",)}
    parts = [
        f"(select {each.value(c)} as text from {each.relation} where {each.value(c)} is not null "
        f"order by hash({each.value(c)}) limit {SAMPLE})"
        for each in inputs
        for c in columns.get(each.name, ())
        if c in each.columns
    ]
    if not parts:
        return
    ((texts, share),) = connection.execute(
        "select count(*), sum(coverage.unknown_characters) / sum(coverage.characters) from "
        f"(select text_coverage{suffix}(text) as coverage from ({' union all '.join(parts)}))"
    ).fetchall()
    if share is None:
        return
    found = f"{share:.1%} of the characters of {texts:,} texts are unknown to the encoder"
    if share > limit:
        remedy = "set RECUDF_ENCODER to a multilingual model, or build with --vars '{encoder: lexical}'"
        yield wrong("characters", found, remedy)
    else:
        yield ok("characters", found)
