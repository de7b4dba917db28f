"""Reads what a report shows from the tables of a build, as values that JSON has."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from recudf.engines.built import has_macro
from recudf.engines.duckdb import open_database
from recudf.engines.files import quoted
from recudf.errors import InputError, WarehouseError
from recudf.report import project

_RUN = "run_id varchar, as_of timestamp"
# What is read of each table. One that a database lacks (a model that is switched off) counts as empty.
TABLES = {
    "dim_users": "user_id varchar, events bigint, items bigint, texts bigint, first_event_at timestamp, "
    "last_event_at timestamp, top_interests varchar, group_id varchar, is_bot boolean, has_vector boolean, "
    + _RUN,
    "dim_items": "item_id varchar, title varchar, category varchar, events bigint, users bigint, "
    "first_event_at timestamp, last_event_at timestamp, vector_source varchar, is_text_cut boolean, "
    "is_available boolean, " + _RUN,
    "dim_groups": "group_id varchar, name varchar, summary varchar, words varchar, size bigint, "
    "cohesion float, as_of timestamp",
    "fct_group_history": "group_id varchar, size bigint, previous_as_of timestamp, users_joined bigint, "
    "users_left bigint, is_replay boolean, as_of timestamp",
    "fct_group_members": "group_id varchar, user_id varchar, similarity float",
    "dim_interests": "interest_id varchar, granularity varchar, kind varchar, name varchar, words varchar, "
    "parent_name varchar, users bigint, users_held bigint, population_share float",
    "fct_user_interests": "user_id varchar, interest_id varchar, layer varchar, granularity varchar, "
    "rank integer, score float, lift float, evidence_count bigint, last_seen timestamp",
    "fct_interest_sources": "interest_id varchar, source_kind varchar, source_id varchar",
    "fct_interest_trends": "interest_id varchar, period timestamp, users bigint, share_of_users float",
    "fct_recommendations": "user_id varchar, item_id varchar, rank integer, score float, reason varchar, "
    "reason_kind varchar, reason_ref_id varchar, source varchar",
    "fct_recommendation_parts": "user_id varchar, item_id varchar, part varchar, value float",
    "fct_metrics": "run_id varchar, model varchar, baseline varchar, split varchar, slice varchar, "
    "metric varchar, k integer, value double, n_users bigint, ci_low double, ci_high double, as_of timestamp",
    "fct_runs": "run_id varchar, as_of timestamp, started_at timestamp, seconds double, encoder varchar, "
    "device varchar, texts_embedded bigint, texts_reused bigint, unknown_share double, users bigint, "
    "items bigint, interactions bigint, interactions_read bigint, texts bigint, texts_read bigint, "
    "recommendations bigint, is_unchanged boolean",
    "int_user_points": "user_id varchar, content_weight double",
    "vec_users": "user_id varchar, vector float[]",
    "vec_items": "item_id varchar, vector float[]",
}
CHOSEN = ("groups", "moments", "users", "items", "group_interests", "item_interests", "interests", "what_if")
SECTIONS = (
    *("flags", "groups", "group_interests", "group_users", "group_items", "group_moments", "group_history"),
    *("interests", "periods", "trends", "users", "items", "user_interests", "recommendations", "metrics"),
    *("exposure", "runs"),
)


@dataclass(frozen=True)
class Limits:
    """How much of a large database a page holds. Users that are asked for by name come on top."""

    users: int = 500
    items: int = 5000
    map_items: int = 1000
    interests: int = 60
    interest_ranks: int = 5
    ranks: int = 10
    what_if: int = 20
    periods: int = 36
    runs: int = 20


def read_report(
    database: Path, schema: str = "recudf", named: Sequence[str] = (), limits: Limits | None = None
) -> dict[str, Any]:
    """The data of a report: tables as {columns, rows}, which name users, items, groups by row numbers.

    named: users to show whatever the sample holds. The file is opened to be read only.
    Raises InputError where there is no build or no such user, WarehouseError where the file cannot be read or
    another version built it.
    """
    connection = open_database(database, read_only=True)
    try:
        connection.execute("set TimeZone = 'UTC'")
        _enter(connection, database, schema)
        _check_users(connection, named)
        try:
            return _read(connection, database, schema, named, limits or Limits())
        except duckdb.BinderException as error:  # a column that is not there
            raise WarehouseError(
                f"the tables in schema {schema} of {database} are not of this version: "
                f"run `recudf build --database {database}` ({str(error).splitlines()[0]})"
            ) from None
    finally:
        connection.close()


def _read(
    connection: duckdb.DuckDBPyConnection,
    database: Path,
    schema: str,
    named: Sequence[str],
    limits: Limits,
) -> dict[str, Any]:
    values = {**asdict(limits), "named": list(dict.fromkeys(named))}
    for name in CHOSEN:
        _run(connection, f"choose_{name}", values)
    data: dict[str, Any] = {name: _table(connection, name, values) for name in SECTIONS}
    counts = _table(connection, "counts", values)
    return {
        "about": {"database": database.name, "schema": schema, "limits": asdict(limits)},
        "counts": dict(zip(counts["columns"], counts["rows"][0], strict=True)),
        **data,
        "parts": _parts(connection, values, len(data["recommendations"]["rows"])),
        "what_if": _what_if(connection, schema, values),
        "map": _map(connection, values),
    }


def _enter(connection: duckdb.DuckDBPyConnection, database: Path, schema: str) -> None:
    """Have names mean the tables of the schema; what it lacks becomes an empty table of this connection."""
    rows = connection.execute(
        "select table_name from information_schema.tables "
        "where table_schema = ? and table_catalog = current_database()",
        [schema],
    ).fetchall()
    there = {name for (name,) in rows}
    if not there & {"dim_users", "dim_items"}:
        raise InputError(
            f"{database} has no tables of a build in schema {schema}: "
            f"run `recudf build --database {database}` first, or give the --schema that they are in"
        )
    catalog = str(connection.execute("select current_database()").fetchall()[0][0])
    connection.execute(f"use {quoted(catalog)}.{quoted(schema)}")
    for name, columns in TABLES.items():
        if name not in there:
            connection.execute(f"create temp table {name} ({columns})")


def _check_users(connection: duckdb.DuckDBPyConnection, named: Sequence[str]) -> None:
    rows = connection.execute(
        "select id from (select unnest($1::varchar[]) as id) as asked "
        "where id not in (select user_id from dim_users)",
        [list(named)],
    ).fetchall()
    if rows:
        unknown = ", ".join(repr(user) for (user,) in rows)
        raise InputError(f"--users: no user {unknown} in dim_users: give ids as they stand there")


def _parts(connection: duckdb.DuckDBPyConnection, values: dict[str, Any], expected: int) -> Any:
    """What each part adds to the score, for each row of `recommendations`; None where no table tells."""
    if connection.execute("select count(*) from fct_recommendation_parts").fetchall() == [(0,)]:
        parts = _table(connection, "parts_blend", values)
    else:
        rows = _table(connection, "parts_learned", values)["rows"]
        parts = {"columns": rows[0][0] if rows else [], "rows": [row[1] for row in rows]}
    return parts if len(parts["rows"]) == expected else None


def _what_if(connection: duckdb.DuckDBPyConnection, schema: str, values: dict[str, Any]) -> dict[str, Any]:
    """What some users would be recommended without an item of their own: (rank, name, rank now) of each item;
    of a build without recommend_without, nothing."""
    rows = []
    asked = connection.execute("from report_what_if order by user_index").fetchall()
    ((catalog,),) = connection.execute("select current_database()").fetchall()
    if catalog.lower() == schema.lower() or not has_macro(connection, schema, "recommend_without"):
        asked = []  # in a file called like the schema DuckDB cannot tell which of the two a macro names
    for user_index, user, item, name, recommendations in asked:
        try:
            instead = connection.execute(
                "select rank, coalesce(title, item_id), rank_before "
                f"from {quoted(schema)}.recommend_without(?, ?, ?) order by rank",
                [user, item, values["ranks"]],
            ).fetchall()
        except duckdb.CatalogException:  # a table that it reads is gone
            break
        rows.append([user_index, _plain(name), recommendations, [_plain(list(place)) for place in instead]])
    return {"columns": ["user", "name", "recommendations", "instead"], "rows": rows}


def _map(connection: duckdb.DuckDBPyConnection, values: dict[str, Any]) -> dict[str, Any] | None:
    """Places of users and items, thousandths of the map's half; None with fewer than three vectors."""
    rows = _run(connection, "vectors", values).fetchall()
    projection = project(np.array([vector for _, _, vector in rows], dtype=np.float32))
    if projection is None:
        return None
    places = [
        (kind, index, *(round(1000 * x) for x in point))
        for (kind, index, _), point in zip(rows, projection.points.tolist(), strict=True)
    ]
    return {
        "explained": round(projection.explained, 4),
        **{f"{kind}s": [place[1:] for place in places if place[0] == kind] for kind in ("user", "item")},
    }


def _table(connection: duckdb.DuckDBPyConnection, name: str, values: dict[str, Any]) -> dict[str, Any]:
    cursor = _run(connection, name, values)
    columns = [column[0] for column in cursor.description]
    return {"columns": columns, "rows": [[_plain(value) for value in row] for row in cursor.fetchall()]}


def _run(
    connection: duckdb.DuckDBPyConnection, name: str, values: dict[str, Any]
) -> duckdb.DuckDBPyConnection:
    path = resources.files("recudf.report") / "queries" / f"{name}.sql"
    text = path.read_text(encoding="utf-8")
    return connection.execute(text, {key: value for key, value in values.items() if f"${key}" in text})


def _plain(value: Any) -> Any:
    """A value that JSON has, short: six decimals, times to the second, long texts cut."""
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str):
        return value if len(value) <= 200 else value[:199] + "…"
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
