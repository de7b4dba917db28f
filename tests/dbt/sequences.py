"""Small warehouses and what may happen to them between two builds.

A sequence is a value: `print(sequence)` shows all that it does.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pyarrow as pa

TIME = pa.timestamp("us")
COLUMNS = {
    "items": {
        "item_id": pa.string(), "title": pa.string(), "description": pa.string(), "category": pa.string(),
        "published_at": TIME, "available_from": TIME, "available_until": TIME,
    },
    "interactions": {
        "user_id": pa.string(), "item_id": pa.string(), "event_type": pa.string(), "value": pa.float64(),
        "occurred_at": TIME, "source": pa.string(),
    },
    "texts": {
        "user_id": pa.string(), "text": pa.string(), "text_id": pa.string(), "item_id": pa.string(),
        "kind": pa.string(), "created_at": TIME, "source": pa.string(),
    },
    "users": {"user_id": pa.string(), "created_at": TIME},
    "taxonomy": {"category": pa.string(), "parent": pa.string()},
    "hidden": {"user_id": pa.string(), "item_id": pa.string()},
}  # fmt: skip
BASE = {"group_count": 3, "min_group_size": 2, "recommendations_per_user": 4, "ranking_min_users": 2}
FIRST_DAY = datetime(2024, 1, 1)


@dataclass
class State:
    """Inputs, vars and encoder as they are at one moment of a sequence."""

    tables: dict[str, list[tuple]]
    variables: dict = field(default_factory=lambda: dict(BASE))
    encoder: int = 0

    def arrow(self) -> dict[str, pa.Table]:
        """The inputs as tables; one without rows is there, too."""
        return {name: arrow(name, rows) for name, rows in self.tables.items()}

    def options(self) -> list[str]:
        return ["--vars", json.dumps(self.variables, sort_keys=True)]

    @property
    def is_lexical(self) -> bool:
        """Whether the encoder in use is the one that is fitted on the texts."""
        return self.variables.get("encoder") == "lexical"


def arrow(name, rows):
    columns = COLUMNS[name]
    lists = zip(*rows, strict=True) if rows else [()] * len(columns)
    return pa.table(
        [pa.array(list(c), t) for c, t in zip(lists, columns.values(), strict=True)], list(columns)
    )


def position(table, column):
    return list(COLUMNS[table]).index(column)


# --- what may happen: each operation changes the state in its place --------------------------------------


@dataclass(frozen=True)
class Insert:
    table: str
    rows: tuple

    def apply(self, state):
        state.tables[self.table] += self.rows


@dataclass(frozen=True)
class ArriveLate:
    """Events before all others, delivered now."""

    rows: tuple

    def apply(self, state):
        at = position("interactions", "occurred_at")
        known = [row[at] for row in state.tables["interactions"] if row[at] and row[at].year >= 1980]
        first = min(known, default=FIRST_DAY)
        state.tables["interactions"] += [
            (*row[:at], first - timedelta(days=30 + number), *row[at + 1 :])
            for number, row in enumerate(self.rows)
        ]


@dataclass(frozen=True)
class Update:
    """Rows, counted from any number, get another value in one column."""

    table: str
    column: str
    rows: tuple
    value: object

    def apply(self, state):
        rows, at = state.tables[self.table], position(self.table, self.column)
        for number in {n % len(rows) for n in self.rows} if rows else ():
            rows[number] = (*rows[number][:at], self.value, *rows[number][at + 1 :])


@dataclass(frozen=True)
class Delete:
    table: str
    rows: tuple

    def apply(self, state):
        rows = state.tables[self.table]
        gone = {n % len(rows) for n in self.rows} if rows else set()
        state.tables[self.table] = [row for n, row in enumerate(rows) if n not in gone]


@dataclass(frozen=True)
class Clear:
    """All rows of an input."""

    table: str

    def apply(self, state):
        state.tables[self.table] = []


@dataclass(frozen=True)
class DeliverAgain:
    """The same rows once more."""

    table: str
    start: int
    rows: int

    def apply(self, state):
        rows = state.tables[self.table]
        if rows:
            start = self.start % len(rows)
            state.tables[self.table] = rows + rows[start : start + self.rows]


@dataclass(frozen=True)
class MergeUsers:
    """One user turns out to be another: everything is under the other's name from now on."""

    user: str
    into: str

    def apply(self, state):
        for name, rows in state.tables.items():
            if "user_id" in COLUMNS[name]:
                at = position(name, "user_id")
                state.tables[name] = [
                    (*r[:at], self.into, *r[at + 1 :]) if (r[at] or "").strip() == self.user else r
                    for r in rows
                ]


@dataclass(frozen=True)
class SetVariable:
    name: str
    value: object

    def apply(self, state):
        state.variables[self.name] = self.value


@dataclass(frozen=True)
class SetEncoder:
    number: int

    def apply(self, state):
        state.encoder = self.number


@dataclass(frozen=True)
class BuildSome:
    """Some models alone, with a var that the next whole build does not have."""

    models: tuple[str, ...]
    name: str
    value: object

    def apply(self, state):
        pass

    def options(self, state) -> list[str]:
        variables = {**state.variables, self.name: self.value}
        return ["--select", *self.models, "--vars", json.dumps(variables, sort_keys=True)]


@dataclass(frozen=True)
class Step:
    operation: object
    build: bool  # before the next one; after the last there always is a build


@dataclass(frozen=True)
class Sequence:
    """Inputs to start from, and steps. fresh: the full build that it is compared with is made from nothing, with the
    rows in another order, instead of by --full-refresh in a copy."""

    inputs: dict[str, tuple]
    steps: tuple[Step, ...]
    fresh: bool = False
    group_count: int | str = 3
    ranking: str = "blend"

    def start(self) -> State:
        state = State({name: list(self.inputs.get(name, ())) for name in COLUMNS})
        state.variables.update(group_count=self.group_count, ranking=self.ranking)
        return state

    def smaller(self):
        """Sequences with a part left out: steps first, then rows by halves."""
        for number in range(len(self.steps)):
            yield replace(self, steps=self.steps[:number] + self.steps[number + 1 :])
        for name, rows in self.inputs.items():
            pieces = 1
            while pieces <= len(rows):
                size = -(-len(rows) // pieces)
                for at in range(0, len(rows), size):
                    yield replace(self, inputs={**self.inputs, name: rows[:at] + rows[at + size :]})
                pieces *= 2

    def __str__(self):
        lines = [f"fresh={self.fresh} group_count={self.group_count} ranking={self.ranking}"]
        lines += [f"{name}: {row}" for name, rows in self.inputs.items() for row in rows]
        lines += [f"{step.operation}{', build' if step.build else ''}" for step in self.steps]
        return re.sub(r"datetime\.datetime", "datetime", "\n".join(lines))
