"""Findings about what builds left: versions, vectors, marts, bot-like users."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
from packaging.version import Version

from recudf.doctor.findings import Finding, note, ok, wrong
from recudf.engines.built import tables_of
from recudf.engines.files import quoted
from recudf.engines.marts import marts_of_project
from recudf.engines.unchanged import SHARED
from recudf.engines.versions import UNSAID, last_version

VECTORS = ("vec_items", "vec_users", "vec_texts")
BOTS = 0.05  # share of users
EMPTY = {
    "fct_metrics": "run `recudf evaluate`",
    "fct_recommendation_parts": "only with the var ranking: learned",
    "fct_recommendation_outcomes": "filled by later builds, when outcome_days have passed",
}


def builds(
    connection: duckdb.DuckDBPyConnection, schema: str, running: str, fingerprint: str | None
) -> Iterator[Finding]:
    """Findings about the last build in a schema; one where there is none.

    running: the version of recudf. fingerprint: of the encoder that a build would use; None: it is not known.
    """
    tables = tables_of(connection, schema)
    if "fct_recommendations" not in tables:
        yield note("build", f"none in the schema {schema}", "run `recudf build`")
        return
    yield _version(connection, running)
    yield from _vectors(connection, schema, fingerprint)
    yield from _marts(connection, schema, tables)
    if "int_users_flagged" in tables:
        yield _bots(connection, schema)


def _version(connection: duckdb.DuckDBPyConnection, running: str) -> Finding:
    built = last_version(connection)
    if built is None or built == UNSAID:
        return note(
            "build", "by an earlier version of recudf", "run `recudf build`, which makes all tables anew"
        )
    if built > Version(running):
        remedy = "install that version, or rebuild all tables with --full-refresh"
        return wrong("build", f"by recudf {built}, and this is {running}", remedy)
    if built < Version(running):
        return note("build", f"by recudf {built}, and this is {running}", "run `recudf build`")
    return ok("build", f"by recudf {built}")


def _vectors(
    connection: duckdb.DuckDBPyConnection, schema: str, fingerprint: str | None
) -> Iterator[Finding]:
    there = [name for name in VECTORS if name in tables_of(connection, schema)]
    used: set[str] = set()
    for name in there:
        rows = connection.execute(f"select distinct fingerprint from {quoted(schema)}.{name}").fetchall()
        used |= {value for (value,) in rows}
    if len(used) > 1:
        found = f"of {len(used)} encoders: {', '.join(sorted(used))}: they cannot be compared"
        yield wrong("vectors", found, "run `recudf build`, without --select")
    elif used and fingerprint is not None and used != {fingerprint} and not _is_lexical(used):
        found = f"of the encoder {', '.join(used)}, and the one that is set now is {fingerprint}"
        yield note("vectors", found, "set the encoder of the build, or the next one embeds all texts anew")
    elif used:
        yield ok("vectors", f"of one encoder, {', '.join(used)}")
    if "int_text_embeddings" in tables_of(connection, SHARED) and used:
        ((foreign,),) = connection.execute(
            f"select count(*) from {SHARED}.int_text_embeddings where not list_contains(?, fingerprint)",
            [sorted(used)],
        ).fetchall()
        if foreign:
            yield note(
                "embeddings",
                f"{foreign:,} of encoders that {schema} does not use",
                "delete them, unless another schema uses them (docs/operations.md, Recovery)",
            )


def _is_lexical(fingerprints: set[str]) -> bool:
    return all(value.startswith("lexical-") for value in fingerprints)


def _marts(connection: duckdb.DuckDBPyConnection, schema: str, tables: list[str]) -> Iterator[Finding]:
    marts = marts_of_project()
    if off := sorted(marts - set(tables)):
        yield note(
            "models",
            f"not built: {', '.join(off)}",
            "switched off, left out by --select, or newer than the build",
        )
    for name in sorted(marts & set(tables)):
        if not connection.execute(f"select 1 from {quoted(schema)}.{quoted(name)} limit 1").fetchall():
            yield note("models", f"{name} is empty", EMPTY.get(name, "look at which inputs there are"))


def _bots(connection: duckdb.DuckDBPyConnection, schema: str) -> Finding:
    ((users, bots),) = connection.execute(
        f"select count(*), count(*) filter (where is_bot) from {quoted(schema)}.int_users_flagged"
    ).fetchall()
    found = f"{bots:,} of {users:,} users are bot-like: they count in no fit and no metric"
    if users and bots > BOTS * users:
        return note(
            "users", found, "look at dim_users.is_bot, and at the vars bot_events_per_minute and _per_day"
        )
    return ok("users", found)
