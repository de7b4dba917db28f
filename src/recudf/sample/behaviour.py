"""What users do: sessions of views, carts, purchases, ratings and skips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recudf.sample.catalogue import Item
from recudf.sample.draw import Draw
from recudf.sample.parameters import DAY, SPAN
from recudf.sample.people import Group, User

HOURS = (1, 0, 0, 0, 0, 1, 2, 4, 4, 3, 3, 4, 5, 4, 3, 3, 4, 5, 6, 8, 10, 9, 6, 3)  # evenings are busiest
PLEASED = (0.03, 0.05, 0.12, 0.35, 0.45)  # of ratings 1 to 5, within and outside of the user's interests
UNMOVED = (0.25, 0.25, 0.25, 0.15, 0.10)
BOUGHT_ALREADY = 0.05  # how much less likely an item comes again


@dataclass(frozen=True)
class Event:
    """One row of interactions; time in seconds since START."""

    user_id: str
    item: Item
    event_type: str
    value: float | None
    time: int
    source: str


class Behaviour:
    """Draws items that a user comes across, and what follows."""

    def __init__(self, draw: Draw, items: Sequence[Item], groups: Sequence[Group], noise: float) -> None:
        self._draw = draw
        self._groups = groups
        self._noise = noise
        departments = range(len(groups[0].departments))
        self._items = [[item for item in items if item.department == d] for d in departments]

    def events(self, users: Sequence[User], count: int) -> list[Event]:
        """Exactly `count` events, shared out by the users' activity."""
        total = sum(user.activity for user in users)
        done, events, reached = 0, [], 0.0
        for user in users:
            reached += user.activity
            quota = round(count * reached / total) - done
            done += quota
            events += self._history(user, quota)
        return events

    def department(self, user: User, time: int) -> tuple[int, bool]:
        """A department on the user's mind at a time, and whether it is among the user's interests."""
        weights = user.interests(self._groups[user.group_at(time)])
        if inside := not self._draw.chance(self._noise):
            return self._draw.weighted(weights), inside
        return self._draw.pick([d for d, weight in enumerate(weights) if weight == 0]), inside

    def _history(self, user: User, quota: int) -> list[Event]:
        events: list[Event] = []
        bought: set[str] = set()
        while len(events) < quota:
            events += self._session(user, bought)
        return events[:quota]

    def _session(self, user: User, bought: set[str]) -> list[Event]:
        draw = self._draw
        first_day = max(user.created, 0) // DAY + 1
        day = first_day + draw.below(SPAN // DAY - first_day)
        time = day * DAY + draw.weighted(HOURS) * 3600 + draw.below(3600)
        events: list[Event] = []
        for _ in range(1 + draw.below(5)):
            department, inside = self.department(user, time)
            item = self._item(user, department, time, inside, bought)
            events += self._visit(user, item, time, inside, bought)
            time = max(e.time for e in events if e.event_type != "rating") + 20 + draw.below(220)
        return events

    def _item(self, user: User, department: int, time: int, inside: bool, bought: set[str]) -> Item:
        taste = self._groups[user.group_at(time)].kinds[department]
        items = [item for item in self._items[department] if item.is_offered(time)]
        weights = [
            item.weight
            * (taste[item.kind] if inside else 1.0)
            * (BOUGHT_ALREADY if item.item_id in bought else 1.0)
            for item in items
        ]
        return items[self._draw.weighted(weights)]

    def _visit(self, user: User, item: Item, time: int, inside: bool, bought: set[str]) -> list[Event]:
        draw = self._draw

        def event(event_type: str, time: int, value: float | None = None) -> Event:
            return Event(user.user_id, item, event_type, value, time, user.source)

        if draw.chance(0.04 if inside else 0.3):
            return [event("skip", time)]
        events = [event("view", time)]
        if not draw.chance(0.35 if inside else 0.08):
            return events
        time += 15 + draw.below(90)
        events.append(event("cart", time))
        if not draw.chance(0.7):
            return events
        time += 60 + draw.below(400)
        events.append(event("purchase", time))
        bought.add(item.item_id)
        later = time + (3 + draw.below(18)) * DAY + draw.below(DAY // 4)
        if later < SPAN and draw.chance(0.6):
            value = 1.0 + draw.weighted(PLEASED if inside else UNMOVED)
            events.append(event("rating", later, value))
        return events
