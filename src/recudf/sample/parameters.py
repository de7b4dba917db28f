"""What a sample is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from recudf.errors import ParameterError

START = datetime(2024, 1, 1)
END = datetime(2025, 6, 30)
DAY = 86_400
SPAN = (END - START).days * DAY  # all times are seconds since START

MAX_GROUPS = 10  # one department each is somebody's first interest


@dataclass(frozen=True)
class SampleParameters:
    """Sizes and disorder of a sample; equal parameters make equal samples on every machine.

    users, items, interactions, texts: rows that people make. Bots and dirty rows come on top.
    groups: planted interest groups, at most 10.
    noise: share of visits to an item (a view or a skip, and what follows) outside of the user's interests;
        likewise of searches and posts.
    drift: share of users who move to another group halfway through their time.
    """

    seed: int = 7
    users: int = 300
    items: int = 240
    interactions: int = 6000
    texts: int = 600
    groups: int = 6
    noise: float = 0.15
    drift: float = 0.0

    def __post_init__(self) -> None:
        lowest = {"seed": 0, "users": self.groups, "items": 20, "interactions": 0, "texts": 0, "groups": 1}
        for name, least in lowest.items():
            if getattr(self, name) < least:
                raise ParameterError(f"{name} is {getattr(self, name)}: give at least {least}")
        if self.groups > MAX_GROUPS:
            raise ParameterError(f"groups is {self.groups}: give at most {MAX_GROUPS}")
        for name in ("noise", "drift"):
            if not 0 <= getattr(self, name) <= 1:
                raise ParameterError(f"{name} is {getattr(self, name)}: give a share from 0 to 1")
        if self.drift > 0 and self.groups < 2:
            raise ParameterError(f"drift is {self.drift} with one group: give at least 2 groups")
