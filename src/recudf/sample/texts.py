"""What users write: reviews of items they bought, searches, and posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recudf.sample.behaviour import Behaviour, Event
from recudf.sample.catalogue import Department, Item
from recudf.sample.draw import Draw
from recudf.sample.parameters import DAY, SPAN
from recudf.sample.people import User

HAPPY = (
    "Very happy with this {kind}.", "Exactly what I was hoping for.",
    "Bought the {kind} in spring and use it all the time.",
    "I was sceptical at first, but no longer.", "Five stars from me.",
    "My second {kind} from {brand} and again no regrets.",
    "Worth every penny.", "A present from my partner, and a great one.", "", "",
)  # fmt: skip
SO_SO = (
    "Mixed feelings about this {kind}.", "It is fine, no more than that.", "Decent {kind} for the price.",
    "Good idea, not so well made.", "I expected a little more from {brand}.",
)  # fmt: skip
UNHAPPY = (
    "I regret buying this {kind}.", "Sent it back.",
    "Not what the description promises.", "What a disappointment.",
    "Would not recommend this {kind} to anyone.", "Save your money.", "Wanted to like it, but no.", "",
)  # fmt: skip
HAPPY_END = (
    "Would buy it again.",
    "Recommended.",
    "Delivery took two days.",
    "Thank you!",
    "Hope that it lasts.",
)
UNHAPPY_END = (
    "One star is generous.",
    "Customer service never replied.",
    "Never again.",
    "Looking for something better now.",
)
BUT = ("On the other hand: {bad}", "Sadly there is a catch. {bad}", "But: {bad}")
POST_START = (
    "",
    "",
    "",
    "Hello everybody.",
    "Small update from me.",
    "Sunday thoughts.",
    "Quick question first.",
)
POST_END = (
    "",
    "",
    "",
    "Any advice?",
    "Does anybody else know this?",
    "Pictures will follow.",
    "Anyway, back to it.",
)


@dataclass(frozen=True)
class Text:
    """One row of texts; time in seconds since START."""

    user_id: str
    item_id: str | None
    kind: str
    text: str
    time: int
    source: str


class Writer:
    """Writes in users' words about the departments they are interested in."""

    def __init__(self, draw: Draw, departments: Sequence[Department], behaviour: Behaviour) -> None:
        self._draw = draw
        self._departments = departments
        self._behaviour = behaviour

    def texts(self, users: Sequence[User], events: Sequence[Event], count: int) -> list[Text]:
        """`count` texts: up to half are reviews, the rest searches (3 of 5) and posts."""
        reviews = self._reviews(events, count // 2)
        weights = [user.activity for user in users]
        others = []
        for _ in range(count - len(reviews)):
            user = users[self._draw.weighted(weights)]
            time = int(self._draw.uniform(max(user.created, 0), SPAN))
            department = self._departments[self._behaviour.department(user, time)[0]]
            kind = "search" if self._draw.chance(0.6) else "post"
            words = self._search(department) if kind == "search" else self._post(department)
            others.append(Text(user.user_id, None, kind, words, time, user.source))
        return reviews + others

    def _reviews(self, events: Sequence[Event], count: int) -> list[Text]:
        """Reviews of rated items say what the rating says; those of bought items are mostly kind."""
        rated = {(e.user_id, e.item.item_id): e for e in events if e.event_type == "rating"}
        bought = {(e.user_id, e.item.item_id): e for e in events if e.event_type == "purchase"}
        chosen = self._draw.shuffled(list({**bought, **rated}.values()))[:count]
        reviews = []
        for event in chosen:
            value = event.value or (4.0 if self._draw.chance(0.8) else 2.0)
            time = min(event.time + (60 if event.value else 5 * DAY) + self._draw.below(600), SPAN)
            words = self._review(event.item, value)
            reviews.append(Text(event.user_id, event.item.item_id, "review", words, time, event.source))
        return reviews

    def _review(self, item: Item, value: float) -> str:
        draw, kind = self._draw, self._departments[item.department].kinds[item.kind]
        good, bad = draw.pick(kind.good), draw.pick(kind.bad)
        if value >= 4:
            parts = [draw.pick(HAPPY), good, draw.pick(HAPPY_END) if draw.chance(0.4) else ""]
        elif value >= 3:
            parts = [draw.pick(SO_SO), good, draw.pick(BUT).format(bad=bad)]
        else:
            parts = [draw.pick(UNHAPPY), bad, draw.pick(UNHAPPY_END) if draw.chance(0.4) else ""]
        text = " ".join(part for part in parts if part).format(kind=kind.name.lower(), brand=item.provider)
        return self._typed(text)

    def _search(self, department: Department) -> str:
        draw = self._draw
        if draw.chance(0.6):
            return draw.pick(department.searches)
        kind = draw.pick(department.kinds)
        words = f"{draw.pick(kind.variants)[0]} {kind.name}".lower()
        return f"{draw.pick(department.brands).lower()} {words}" if draw.chance(0.2) else words

    def _post(self, department: Department) -> str:
        draw = self._draw
        parts = (draw.pick(POST_START), draw.pick(department.posts), draw.pick(POST_END))
        return self._typed(" ".join(part for part in parts if part))

    def _typed(self, text: str) -> str:
        """As people type: some without capitals, some with too many exclamation marks."""
        habit = self._draw.uniform()
        if habit < 0.12:
            return text.lower().rstrip(".")
        return text.removesuffix(".") + "!!" if habit < 0.2 and text.endswith(".") else text
