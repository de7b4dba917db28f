"""Small messy warehouses and what may happen to them between two builds, drawn by hypothesis.

A sequence is a value: `print(sequence)` shows all that it does, `draw(seed)` gives the same one again with the same
version of hypothesis.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import hypothesis
import pyarrow as pa
from hypothesis import strategies as st

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
    "hidden": {"user_id": pa.string(), "item_id": pa.string()},
}  # fmt: skip
BASE = {"group_count": 3, "min_group_size": 2, "recommendations_per_user": 4}
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

    def start(self) -> State:
        state = State({name: list(self.inputs.get(name, ())) for name in COLUMNS})
        state.variables["group_count"] = self.group_count
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
        lines = [f"fresh={self.fresh} group_count={self.group_count}"]
        lines += [f"{name}: {row}" for name, rows in self.inputs.items() for row in rows]
        lines += [f"{step.operation}{', build' if step.build else ''}" for step in self.steps]
        return re.sub(r"datetime\.datetime", "datetime", "\n".join(lines))


# --- strategies ------------------------------------------------------------------------------------------

WORDS = [
    "good",
    "bad",
    "film",
    "book",
    "guitar",
    "string",
    "sound",
    "story",
    "love",
    "war",
    "space",
    "alien",
    "robot",
    "cat",
    "dog",
    "red",
    "blue",
    "slow",
    "fast",
]
USERS = [f"u{n}" for n in range(8)]
ITEMS = [f"i{n}" for n in range(10)]


def often(usual, *odd):
    """Mostly what is usual; now and then something odd."""
    return st.sampled_from([usual] * 6 + [st.sampled_from(odd)]).flatmap(lambda strategy: strategy)


words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
text = often(words, None, "", "  ")
user_id = often(st.sampled_from(USERS), " u1 ", "u2\u00a0", "U3", "", " ", None)
item_id = often(st.sampled_from(ITEMS), " i1", "i2\t", "unlisted", "", None)
usual_time = st.integers(0, 400 * 24).map(lambda hours: FIRST_DAY + timedelta(hours=hours))
time = often(usual_time, None, None, datetime(1970, 1, 1), datetime(2999, 1, 1), FIRST_DAY)
value = often(
    st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, 5.0]), None, 0.5, float("nan"), float("inf"), -1.0, 10.0
)
event_type = often(
    st.sampled_from(["rating", "rating", "review", "purchase", "view", "hide"]), "Purchase", "odd", "", None
)
source = st.sampled_from([None, None, "shop", "app"])
category = often(st.sampled_from(["music", "music|strings", "film", "film|space"]), "|", "", None)

COLUMN = {
    "items": {
        "item_id": item_id, "title": text, "description": text, "category": category, "published_at": time,
        "available_from": st.none() | st.none() | time, "available_until": st.none() | st.none() | time,
    },
    "interactions": {
        "user_id": user_id, "item_id": item_id, "event_type": event_type, "value": value, "occurred_at": time,
        "source": source,
    },
    "texts": {
        "user_id": user_id, "text": text, "text_id": st.sampled_from([None, None, "t1", "t2", "t3", ""]),
        "item_id": st.none() | item_id, "kind": st.sampled_from([None, "review", "Post", ""]), "created_at": time,
        "source": source,
    },
    "users": {"user_id": user_id, "created_at": time},
    "hidden": {"user_id": user_id, "item_id": item_id},
}  # fmt: skip


def any_of(*strategies):
    """One of them, each as often: hypothesis' own one_of would count the parts of a nested one."""
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)


def rows_of(table, least, most):
    return st.lists(st.tuples(*COLUMN[table].values()), min_size=least, max_size=most).map(tuple)


def on_table(name):
    numbers = st.lists(st.integers(0, 99), min_size=1, max_size=4, unique=True).map(tuple)
    return any_of(
        st.builds(Insert, st.just(name), rows_of(name, 1, 5)),
        st.builds(Delete, st.just(name), numbers),
        st.builds(DeliverAgain, st.just(name), st.integers(0, 99), st.integers(1, 6)),
        st.sampled_from(list(COLUMNS[name])).flatmap(
            lambda column: st.builds(Update, st.just(name), st.just(column), numbers, COLUMN[name][column])
        ),
    )


def variable(name, *values):
    return st.sampled_from(values).map(lambda value: SetVariable(name, value))


inputs = st.fixed_dictionaries(
    {
        "items": rows_of("items", 6, 14),
        "interactions": rows_of("interactions", 12, 50),
        "texts": rows_of("texts", 0, 10),
        "users": rows_of("users", 0, 4),
        "hidden": rows_of("hidden", 0, 5),
    }
)
operations = any_of(
    *(on_table(name) for name in ("interactions", "interactions", "items", "texts", "users", "hidden")),
    st.builds(ArriveLate, rows_of("interactions", 1, 3)),
    st.builds(MergeUsers, st.sampled_from(USERS), st.sampled_from(USERS)),
    st.builds(Update, st.just("items"), st.just("title"), st.tuples(st.integers(0, 99)), words),
    st.builds(Update, st.just("texts"), st.just("text"), st.tuples(st.integers(0, 99)), words),
    variable("as_of", None, *(str(FIRST_DAY + timedelta(days=days)) for days in (20, 90, 300))),
    variable("holdout", None, "raw.hidden"),
    variable("rating_threshold", 2, 3, 4),
    any_of(
        variable("bot_events_per_day", 1, 250),
        variable("seen_event_types", None, ["rating", "view"]),
        variable("event_weights", {}, {"view": -0.5, "odd": 0}),
        variable("group_count", 2, 5, "auto"),
    ),
    st.builds(SetEncoder, st.integers(0, 2)),
    st.builds(
        BuildSome,
        st.sampled_from(
            [("vec_users",), ("dim_users",), ("+int_user_items",), ("int_group_fits", "dim_groups")]
        ),
        st.just("half_life_days"),
        st.sampled_from([30, 3000]),
    ),
    st.builds(Clear, st.sampled_from(["items", "interactions", "texts"])),
)
sequences = st.builds(
    Sequence,
    inputs=inputs,
    steps=st.lists(st.builds(Step, operations, st.booleans()), min_size=2, max_size=8).map(tuple),
    fresh=st.booleans(),
    group_count=st.sampled_from([3, 3, "auto"]),
)


def draw(seed: int) -> Sequence:
    """The sequence of a seed: hypothesis starts with what is simplest, so it is not the first that it draws."""
    drawn = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=6,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        deadline=None,
    )
    @hypothesis.given(sequences)
    def collect(sequence):
        drawn.append(sequence)

    collect()
    return drawn[-1]
