"""Users, and the interest groups planted among them."""

from __future__ import annotations

from dataclasses import dataclass

from recudf.sample.catalogue import Department
from recudf.sample.draw import Draw
from recudf.sample.parameters import DAY, SPAN, SampleParameters

COUNTRIES = ("GB", "US", "IE", "CA", "AU", "NZ")
COUNTRY_WEIGHTS = (6, 5, 2, 2, 1, 1)
CHANNELS = ("search", "friend", "newsletter", "shop", "social")
SHARES = (0.7, 0.2, 0.1)  # of a group's first, second and third department


@dataclass(frozen=True)
class Group:
    """Interests as weights over departments (sum 1), and over the kinds of each department."""

    group_id: str
    name: str
    departments: tuple[float, ...]
    kinds: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class User:
    """A person. `groups` holds the positions of one group, or of two for those who move at `moved`."""

    user_id: str
    created: int
    country: str
    channel: str
    source: str
    activity: float
    own: tuple[float, ...]
    groups: tuple[int, ...]
    moved: int

    def group_at(self, time: int) -> int:
        """The position of the user's group at a time."""
        return self.groups[-1] if time >= self.moved else self.groups[0]

    def interests(self, group: Group) -> list[float]:
        """Weights over departments: the group's, bent by the user's own taste."""
        return [g * own for g, own in zip(group.departments, self.own, strict=True)]


def make_groups(draw: Draw, departments: tuple[Department, ...], count: int) -> list[Group]:
    """Groups with different first departments; a second or third one may be another group's first."""
    order = draw.shuffled(range(len(departments)))
    groups = []
    for g in range(count):
        chosen = [order[(g + step) % len(order)] for step in (0, len(order) // 2, len(order) // 2 + 2)]
        weights = [0.0] * len(departments)
        for department, share in zip(chosen, SHARES, strict=True):
            weights[department] = share
        kinds = tuple(tuple(draw.uniform(0.4, 2.0) for _ in d.kinds) for d in departments)
        first, second, _ = (departments[d] for d in chosen)
        name = f"{first.people}, also into {second.name}"
        groups.append(Group(f"g{g + 1}", name, tuple(weights), kinds))
    return groups


def make_users(draw: Draw, parameters: SampleParameters, departments: int) -> list[User]:
    """Users in equal parts by group; some move to another group, and one in fifty never does anything."""
    p = parameters
    numbers = draw.shuffled(range(1, p.users + 1))
    movers = set(draw.shuffled(range(p.users))[: round(p.drift * p.users)])
    quiet = set(draw.shuffled(range(p.users))[: p.users // 50])
    users = []
    for u in range(p.users):
        created = int(draw.uniform(-0.4, 0.85) * SPAN)
        first = u % p.groups
        second = (first + 1 + draw.below(p.groups - 1)) % p.groups if u in movers else first
        users.append(
            User(
                user_id=user_id(numbers[u], p.users),
                created=created,
                country=COUNTRIES[draw.weighted(COUNTRY_WEIGHTS)],
                channel=draw.pick(CHANNELS),
                source="app" if draw.chance(0.4) else "web",
                activity=0.0 if u in quiet else 1.0 / (0.15 + draw.uniform()),
                own=tuple(draw.uniform(0.5, 1.5) for _ in range(departments)),
                groups=(first, second) if u in movers else (first,),
                moved=(max(created, 0) + SPAN) // 2 // DAY * DAY,
            )
        )
    return users


def user_id(number: int, users: int) -> str:
    """The id of the user with this number, as wide as the largest."""
    return f"u{number:0{max(4, len(str(users)))}d}"
