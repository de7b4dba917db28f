"""Part past and future: which pairs of user and item a replay must not see, and is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import duckdb

from recudf.engines.files import quoted
from recudf.errors import InputError

SCRATCH = "recudf_replay"  # dropped before and after an evaluation
NEEDED = ("int_interactions_weighted", "int_users_flagged", "stg_items", "stg_as_of")


@dataclass(frozen=True)
class Split:
    """How to part past and future. Bot-like users take no part.

    tail: hide the last `fraction` of each user's items, by the time of the first event with each (ties by
    item_id, undated first). random: hide a random `fraction`. In both, at least one item is hidden and at
    least one stays, and only pairs of the users who are judged are hidden.
    cutoffs: the later half of all events in `cutoffs` windows of equally many; each is replayed as of its
    beginning, and what happened within it is relevant, so that no event counts twice.
    None: tail where any event is dated, else random.
    users: at most so many are judged, a random choice by `seed`.
    """

    kind: Literal["tail", "cutoffs", "random"] | None = None
    fraction: float = 0.2
    cutoffs: int = 5
    users: int = 2000
    seed: int = 42


@dataclass(frozen=True)
class Moment:
    """A replay to make: what it may see (None: all but the hidden pairs), and how many users it judges."""

    replay: int
    as_of: str | None
    users: int


def make_split(connection: duckdb.DuckDBPyConnection, schema: str, split: Split) -> tuple[str, list[Moment]]:
    """Write SCRATCH.split_hidden (replay, user_id, item_id, is_relevant); return its kind and replays.

    schema: of the finished build. Relevant are hidden events of positive weight on items that the user had
    not seen and that existed. Raises InputError where nothing is built or nothing can be measured.
    """
    _require_build(connection, schema)
    _read_events(connection, schema)
    (is_dated,) = connection.execute("select count(occurred_at) > 0 from events").fetchall()[0]
    kind = split.kind or ("tail" if is_dated else "random")
    if not is_dated and kind != "random":
        raise InputError(f"no event has a time, so there is no {kind} of it: use --split random")
    drop_scratch(connection)
    connection.execute(f"create schema {SCRATCH}")
    if kind == "cutoffs":
        _hide_after_cutoffs(connection, schema, split)
    else:
        _hide_share_of_each_user(
            connection, schema, split, "first_at desc nulls last, item_id desc" if kind == "tail" else None
        )
    _keep_some_users(connection, split)
    moments = connection.execute(f"""
        select
            replay,
            strftime(as_of, '%Y-%m-%d %H:%M:%S.%f'),
            count(distinct user_id) filter (where is_relevant)
        from {SCRATCH}.split_hidden
        left join moments using (replay)
        group by all
        order by all
    """).fetchall()
    if not moments:
        raise InputError(
            "nothing can be measured: no user has both a past and later events of positive weight"
        )
    return kind, [Moment(*moment) for moment in moments]


def choose_users(connection: duckdb.DuckDBPyConnection, moment: Moment) -> None:
    """Write SCRATCH.split_users: whom this replay judges."""
    connection.execute(
        f"create or replace table {SCRATCH}.split_users as "
        f"select distinct user_id from {SCRATCH}.split_hidden where is_relevant and replay = ?",
        [moment.replay],
    )


def drop_scratch(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave nothing of an evaluation behind."""
    connection.execute(f"drop schema if exists {SCRATCH} cascade")


def _require_build(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    found = connection.execute(
        "select table_name from duckdb_tables() where schema_name = ? and database_name = current_database()",
        [schema],
    ).fetchall()
    if missing := set(NEEDED) - {name for (name,) in found}:
        raise InputError(
            f"no finished build in schema {schema} ({min(missing)} is missing): run `recudf build` first"
        )


def _read_events(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    connection.execute(f"""
        create or replace temp table events as
        select events.user_id, events.item_id, events.weight, events.is_seen, events.occurred_at
        from {quoted(schema)}.int_interactions_weighted as events
        inner join {quoted(schema)}.int_users_flagged as users on events.user_id = users.user_id
        where not users.is_bot
    """)
    connection.execute(
        "create or replace temp table moments (replay integer, as_of timestamp, until timestamp)"
    )


def _hide_share_of_each_user(
    connection: duckdb.DuckDBPyConnection, schema: str, split: Split, order: str | None
) -> None:
    """order: which pairs are hidden first; None is at random."""
    connection.execute(
        f"""
        create table {SCRATCH}.split_hidden as
        with pairs as (
            select
                user_id,
                item_id,
                min(occurred_at) as first_at,
                bool_or(weight > 0)
                and item_id in (select item_id from {quoted(schema)}.stg_items) as is_relevant
            from events
            group by user_id, item_id
        ),

        ordered as (
            select
                *,
                count(*) over (partition by user_id) as items,
                row_number() over (
                    partition by user_id
                    order by {order or "md5($seed || chr(31) || user_id || chr(31) || item_id)"}
                ) as position
            from pairs
        )

        select 1 as replay, user_id, item_id, is_relevant
        from ordered
        where position <= least(items - 1, greatest(1, round($fraction * items)))
        """,
        {"fraction": split.fraction} | ({} if order else {"seed": str(split.seed)}),
    )


def _hide_after_cutoffs(connection: duckdb.DuckDBPyConnection, schema: str, split: Split) -> None:
    shares = [0.5 + 0.5 * step / split.cutoffs for step in range(split.cutoffs)]
    connection.execute(
        """
        insert into moments
        with cutoffs as (
            select distinct unnest(quantile_disc(occurred_at, $shares)) as as_of from events
        )
        select
            row_number() over (order by as_of),
            as_of,
            lead(as_of, 1, 'infinity') over (order by as_of)
        from cutoffs
        """.replace("$shares", repr(shares))  # quantiles must be constants
    )
    connection.execute(f"""
        create table {SCRATCH}.split_hidden as
        with pairs as (
            select
                user_id,
                item_id,
                min(coalesce(occurred_at, '-infinity')) as first_at,
                min(coalesce(occurred_at, '-infinity')) filter (where is_seen) as first_seen_at
            from events
            group by user_id, item_id
        ),

        users as (
            select user_id, min(first_at) as first_at from pairs group by user_id
        )

        select distinct moments.replay, events.user_id, events.item_id, true as is_relevant
        from events
        inner join moments on events.occurred_at > moments.as_of and events.occurred_at <= moments.until
        inner join users on events.user_id = users.user_id and users.first_at <= moments.as_of
        inner join pairs on events.user_id = pairs.user_id and events.item_id = pairs.item_id
        inner join {quoted(schema)}.stg_items as items on events.item_id = items.item_id
        where
            events.weight > 0
            and not coalesce(pairs.first_seen_at <= moments.as_of, false)
            and not coalesce(items.published_at > moments.as_of, false)
    """)


def _keep_some_users(connection: duckdb.DuckDBPyConnection, split: Split) -> None:
    connection.execute(
        f"""
        delete from {SCRATCH}.split_hidden
        where user_id not in (
            select user_id
            from {SCRATCH}.split_hidden
            where is_relevant
            group by user_id
            order by md5($seed || chr(31) || user_id), user_id
            limit $users
        )
        """,
        {"seed": str(split.seed), "users": split.users},
    )
