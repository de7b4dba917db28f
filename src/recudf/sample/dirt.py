"""What no table in life is free of: bots, rows delivered twice, ids with spaces, an impossible time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from recudf.sample.behaviour import Event
from recudf.sample.catalogue import Item
from recudf.sample.draw import Draw
from recudf.sample.parameters import DAY, SPAN, START
from recudf.sample.people import user_id
from recudf.sample.texts import Text

EPOCH = int((datetime(1970, 1, 1) - START).total_seconds())  # what a missing time becomes in careless systems


@dataclass(frozen=True)
class Bot:
    """A user who is a program: hundreds of events on one day."""

    user_id: str
    day: int
    events: tuple[Event, ...]


def make_bots(draw: Draw, items: Sequence[Item], users: int) -> list[Bot]:
    """One bot for every hundred users; each opens a few hundred items within hours, one after the other."""
    bots = []
    for number in range(users + 1, users + 1 + users // 100):
        name = user_id(number, users)
        day = (0.3 + 0.6 * draw.uniform()) * SPAN // DAY * DAY
        time = int(day) + draw.below(DAY // 3)
        offered = [item for item in items if item.is_offered(time)]
        events = []
        for _ in range(250 + draw.below(150)):
            kind = "cart" if draw.chance(0.05) else "view"
            events.append(Event(name, draw.pick(offered), kind, None, time, "web"))
            time += 2 + draw.below(60)
        bots.append(Bot(name, int(day), tuple(events)))
    return bots


def soil_events(draw: Draw, events: Sequence[Event]) -> tuple[list[Event], dict[str, int]]:
    """The events and dirty ones beside them, with a count by kind of dirt.

    duplicates: rows that are there twice. spaced: copies whose user_id has spaces around it.
    impossible_times: copies dated 1970-01-01.
    """
    few, fewer = len(events) // 100, len(events) // 400
    duplicates = [draw.pick(events) for _ in range(few)]
    spaced = [replace(e, user_id=f" {e.user_id} ") for e in (draw.pick(events) for _ in range(fewer))]
    undated = [replace(draw.pick(events), time=EPOCH)] if events else []
    counts = {"duplicates": few, "spaced": fewer, "impossible_times": len(undated)}
    return [*events, *duplicates, *spaced, *undated], counts


def soil_texts(draw: Draw, texts: Sequence[Text]) -> tuple[list[Text], dict[str, int]]:
    """The texts and dirty ones beside them: some delivered twice, one blank."""
    duplicates = [draw.pick(texts) for _ in range(len(texts) // 200)]
    blank = [replace(draw.pick(texts), text="   ", item_id=None, kind="post")] if texts else []
    return [*texts, *duplicates, *blank], {"duplicates": len(duplicates), "blank": len(blank)}
