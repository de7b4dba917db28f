"""Make a sample as Arrow tables and write it as Parquet, its truth beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from recudf.sample.behaviour import Behaviour, Event
from recudf.sample.catalogue import Item, make_items, read_departments
from recudf.sample.dirt import Bot, make_bots, soil_events, soil_texts
from recudf.sample.draw import Draw
from recudf.sample.network import make_network
from recudf.sample.parameters import DAY, END, START, SampleParameters
from recudf.sample.people import Group, User, make_groups, make_users
from recudf.sample.texts import Text, Writer

TIME = pa.timestamp("us")
ITEMS = pa.schema(
    [(n, pa.string()) for n in ("item_id", "title", "description", "category")]
    + [(n, TIME) for n in ("published_at", "available_from", "available_until")]
    + [("provider", pa.string())]
)
USERS = pa.schema(
    [("user_id", pa.string()), ("created_at", TIME), ("country", pa.string()), ("channel", pa.string())]
)
INTERACTIONS = pa.schema(
    [(n, pa.string()) for n in ("user_id", "item_id", "event_type")]
    + [("value", pa.float64()), ("occurred_at", TIME), ("source", pa.string())]
)
TEXTS = pa.schema(
    [(n, pa.string()) for n in ("text_id", "user_id", "item_id", "kind", "text")]
    + [("created_at", TIME), ("source", pa.string())]
)
RELATIONS = pa.schema(
    [(n, pa.string()) for n in ("user_id", "other_user_id", "kind")] + [("occurred_at", TIME)]
)
USERS_GROUPS = pa.schema(
    [(n, pa.string()) for n in ("user_id", "group_id", "group_name")] + [("from", TIME), ("until", TIME)]
)
BOTS = pa.schema([("user_id", pa.string()), ("day", pa.date32()), ("events", pa.int64())])


@dataclass(frozen=True)
class Sample:
    """Input tables and the truth behind them, by name; `parameters`: what was asked for and planted."""

    inputs: Mapping[str, pa.Table]
    truth: Mapping[str, pa.Table]
    parameters: Mapping[str, Any]


def make_sample(parameters: SampleParameters | None = None) -> Sample:
    """A shop with planted interest groups; equal parameters give equal tables on every machine.

    Inputs are items, users, interactions, texts and relations, with the columns that `recudf load` knows.
    Truth is users_groups (the group of each user, from and until when) and bots.
    """
    p = parameters or SampleParameters()
    draw = Draw(p.seed)
    departments = read_departments()
    items = make_items(draw, departments, p.items)
    groups = make_groups(draw, departments, p.groups)
    users = make_users(draw, p, len(departments))
    behaviour = Behaviour(draw, items, groups, p.noise)
    events = behaviour.events(users, p.interactions)
    texts = Writer(draw, departments, behaviour).texts(users, events, p.texts)
    bots = make_bots(draw, items, p.users)
    all_events, event_dirt = soil_events(draw, [*events, *(event for bot in bots for event in bot.events)])
    inputs = {
        "items": _table(ITEMS, sorted(map(_item_row, items))),
        "users": _table(USERS, sorted([*map(_user_row, users), *map(_bot_user_row, bots)])),
        "interactions": _table(INTERACTIONS, map(_event_row, sorted(all_events, key=_event_order))),
    }
    inputs["texts"], text_dirt = _texts_table(draw, texts)
    # a stream of its own, so that all else is what it was without it
    ties = make_network(Draw(p.seed + 1_000_000), users, p.noise)
    inputs["relations"] = _table(RELATIONS, [(*tie[:3], _when(tie[3])) for tie in ties])
    truth = {
        "users_groups": _table(USERS_GROUPS, sorted(r for u in users for r in _membership_rows(u, groups))),
        "bots": _table(BOTS, [(b.user_id, _when(b.day).date(), len(b.events)) for b in bots]),
    }
    planted = {
        "groups": {
            g.group_id: {d.name: w for d, w in zip(departments, g.departments, strict=True) if w}
            for g in groups
        },
        "users_without_events": sum(user.activity == 0 for user in users),
        "dirty_interactions": {**event_dirt, "bots": sum(len(bot.events) for bot in bots)},
        "dirty_texts": text_dirt,
    }
    return Sample(inputs, truth, {"asked": asdict(p), "planted": planted})


def write_sample(folder: Path, sample: Sample) -> None:
    """Write one Parquet file per input, and the truth into a folder of its own beside them."""
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    for name, table in sample.inputs.items():
        pq.write_table(table, folder / f"{name}.parquet")
    for name, table in sample.truth.items():
        pq.write_table(table, folder / "truth" / f"{name}.parquet")
    text = json.dumps(sample.parameters, indent=2)
    (folder / "truth" / "parameters.json").write_text(text + "\n", encoding="utf-8")


def _texts_table(draw: Draw, texts: Sequence[Text]) -> tuple[pa.Table, dict[str, int]]:
    """Texts in order of time; a text delivered twice keeps its id."""
    ids: dict[Text, str] = {}
    for text in sorted(texts, key=_text_order):
        ids.setdefault(text, f"t{len(ids) + 1:0{max(4, len(str(len(texts))))}d}")
    delivered, dirt = soil_texts(draw, list(ids))
    rows = [
        (ids.get(t, "t0000"), t.user_id, t.item_id, t.kind, t.text, _when(t.time), t.source)
        for t in sorted(delivered, key=_text_order)
    ]
    return _table(TEXTS, rows), dirt


def _item_row(item: Item) -> tuple[Any, ...]:
    times = (item.published, item.available_from, item.available_until)
    dates = (None if time is None else _when(time // DAY * DAY) for time in times)
    return (item.item_id, item.title, item.description, item.category, *dates, item.provider)


def _user_row(user: User) -> tuple[Any, ...]:
    return (user.user_id, _when(user.created), user.country, user.channel)


def _bot_user_row(bot: Bot) -> tuple[Any, ...]:
    return (bot.user_id, _when(bot.day), "US", "search")


def _event_row(event: Event) -> tuple[Any, ...]:
    return (event.user_id, event.item.item_id, event.event_type, event.value, _when(event.time), event.source)


def _event_order(event: Event) -> tuple[Any, ...]:
    return (event.time, event.user_id, event.item.item_id, event.event_type)


def _text_order(text: Text) -> tuple[Any, ...]:
    return (text.time, text.user_id, text.kind, text.text)


def _membership_rows(user: User, groups: Sequence[Group]) -> list[tuple[Any, ...]]:
    """One row for a user who stays, two for one who moves, from the user's beginning to the last day."""
    begin, end = _when(user.created), END
    moved = _when(user.moved)
    spans = [(begin, end)] if len(user.groups) == 1 else [(begin, moved), (moved, end)]
    return [
        (user.user_id, groups[g].group_id, groups[g].name, *span)
        for g, span in zip(user.groups, spans, strict=True)
    ]


def _when(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def _table(schema: pa.Schema, rows: Any) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
