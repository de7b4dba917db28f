"""Read why an item is, or is not, recommended to a user: every figure is one that a build left in a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from recudf.engines.built import built_database, has_macro
from recudf.engines.files import quoted
from recudf.engines.user_ids import as_held
from recudf.errors import InputError

NEAREST = 3  # ids that an error proposes


@dataclass(frozen=True)
class Evidence:
    """The row behind a reason or a part.

    kind: item (of the user's history), text (of the user's own), interest, friend (what one did with the
    item) or popular. ref_id: item_id, text_id, interest_id or user_id. title: of the item it is or is about,
    or the name of the interest. event: what the user did, or the kind of text. value, highest: a
    rating and the best there is. at: when (last), UTC. events: how many events with the item. users,
    recent_users: of popular, who liked it, and the same with age discounted. The text itself is never read.
    """

    kind: str
    ref_id: str | None = None
    title: str | None = None
    event: str | None = None
    value: float | None = None
    highest: float | None = None
    at: datetime | None = None
    events: int | None = None
    users: int | None = None
    recent_users: float | None = None


@dataclass(frozen=True)
class Part:
    """A summand of the score. of_recommended: its mean over what the user is recommended."""

    part: str
    value: float
    of_recommended: float | None
    feature_value: float | None = None
    weight: float | None = None
    lead: Evidence | None = None


@dataclass(frozen=True)
class Explanation:
    """rank, score, probability, reason: of the recommendation; None where
    there is none. answer: what why_not says."""

    user_id: str
    item_id: str
    item_title: str | None
    rank: int | None
    score: float | None
    probability: float | None
    reason: str | None
    reason_kind: str | None
    evidence: Evidence | None
    answer: str
    parts: tuple[Part, ...]
    run_id: str | None
    as_of: datetime | None


def explain(database: Path, user: str, item: str, schema: str = "recudf") -> Explanation:
    """Why a user is recommended an item, or why not.

    Parts are those of fct_recommendation_parts, with what leads to each, or else those that why_not computes;
    of an item that is out of the question there may be none. Raises InputError for a user or an item that the
    build does not know, naming the nearest ids. Where the database holds pseudonyms and their key is there,
    user is the true id, or a pseudonym.
    """
    with built_database(database, schema) as connection:
        (held,) = as_held(connection, [schema], [user])
        return _Reader(connection, schema).explain(held, item)


class _Reader:
    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str) -> None:
        self.connection = connection
        self.schema = schema

    def explain(self, user: str, item: str) -> Explanation:
        self._check("dim_users", "user_id", user)
        self._check("dim_items", "item_id", item, title="title")
        answers = self._why_not(user, item)
        found = self._rows(
            "select item_title, rank, score, probability, reason, reason_kind, reason_ref_id, run_id, as_of "
            "from {schema}.fct_recommendations where user_id = ? and item_id = ?",
            [user, item],
        )
        if not found:
            title, answer = answers[0][:2]
            parts = tuple(Part(*row[2:]) for row in answers if row[2] is not None)
            run = self._rows("select run_id, as_of from {schema}.dim_items where item_id = ?", [item])[0]
            return Explanation(user, item, title, None, None, None, None, None, None, answer, parts, *run)
        title, rank, score, probability, reason, kind, ref_id, run_id, as_of = found[0]
        evidence = self._evidence(user, item, kind, ref_id)
        parts = self._parts(user, item, answers)
        return Explanation(
            user,
            item,
            title,
            rank,
            score,
            probability,
            reason,
            kind,
            evidence,
            answers[0][1],
            parts,
            run_id,
            as_of,
        )

    def _parts(self, user: str, item: str, answers: list[tuple[Any, ...]]) -> tuple[Part, ...]:
        """The largest first."""
        usual = {part: of_recommended for _, _, part, _, of_recommended in answers}
        kept = self._rows(
            "select part, value, feature_value, weight, lead_kind, lead_ref_id "
            "from {schema}.fct_recommendation_parts where user_id = ? and item_id = ?",
            [user, item],
        )
        if kept:
            parts = [
                Part(part, value, usual.get(part), feature, weight, self._evidence(user, item, kind, ref_id))
                for part, value, feature, weight, kind, ref_id in kept
            ]
        else:
            parts = [Part(part, value, of) for _, _, part, value, of in answers if part is not None]
        return tuple(sorted(parts, key=lambda part: (-part.value, part.part)))

    def _why_not(self, user: str, item: str) -> list[tuple[Any, ...]]:
        """Rows (title, answer, part, value, value_of_recommended)."""
        if not has_macro(self.connection, self.schema, "why_not"):
            raise InputError(
                f"the schema {self.schema} has no why_not(user, item), which builds on DuckDB leave: "
                "build it again"
            )
        return self._rows(
            "select title, answer, part, value, value_of_recommended from {schema}.why_not(?, ?)",
            [user, item],
        )

    def _evidence(self, user: str, item: str, kind: str | None, ref_id: str | None) -> Evidence | None:
        """None for kinds that no single row stands behind: people of a similar taste, categories."""
        if kind == "item":
            rows = self._rows(
                "select history.item_id, items.title, history.event_type, history.rated_value, "
                "history.highest_value, history.last_at, history.events "
                "from {schema}.int_user_items as history "
                "left join {schema}.dim_items as items on history.item_id = items.item_id "
                "where history.user_id = ? and history.item_id = ?",
                [user, ref_id],
            )
        elif kind == "text":
            rows = self._rows(
                "select texts.text_id, items.title, texts.kind, null, null, texts.created_at, null "
                "from {schema}.stg_texts as texts "
                "left join {schema}.dim_items as items on texts.item_id = items.item_id "
                "where texts.user_id = ? and texts.text_id = ?",
                [user, ref_id],
            )
        elif kind == "interest":
            rows = self._rows(
                "select interest_id, name from {schema}.dim_interests where interest_id = ?", [ref_id]
            )
        elif kind == "friend":
            rows = self._rows(
                "select user_id, null, event_type, rated_value, highest_value, last_at, events "
                "from {schema}.int_user_items where user_id = ? and item_id = ?",
                [ref_id, item],
            )
        elif kind == "popular":
            rows = self._rows(
                "select item_id, null, null, null, null, null, null, users, recent_users "
                "from {schema}.int_item_popularity where item_id = ?",
                [item],
            )
        else:
            return None
        return Evidence(kind, *rows[0]) if rows else None

    def _check(self, table: str, column: str, value: str, title: str | None = None) -> None:
        if self._rows(f"select 1 from {{schema}}.{table} where {column} = ? limit 1", [value]):
            return
        named = title or "cast(null as varchar)"
        near = self._rows(
            f"select {column}, {named} from {{schema}}.{table} "
            f"order by coalesce(contains(lower({named}), lower($1)), false) desc, "
            f"damerau_levenshtein(lower({column}), lower($1)), {column} limit {NEAREST}",
            [value],
        )
        ids = ", ".join(f"{known} ({name})" if name else known for known, name in near)
        remedy = f"the nearest are {ids}" if ids else "the build has none"
        raise InputError(f"no {column.removesuffix('_id')} {value!r} in {self.schema}.{table}: {remedy}")

    def _rows(self, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        statement = sql.replace("{schema}", quoted(self.schema))
        rows: list[tuple[Any, ...]] = self.connection.execute(statement, values or []).fetchall()
        return rows
