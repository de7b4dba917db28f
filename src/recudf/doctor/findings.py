"""A finding: what was looked at, what was found, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "note", "wrong"]


@dataclass(frozen=True)
class Finding:
    """level: `wrong` stands in the way of a build or makes its tables worthless; `note` is good to know.

    remedy: what to do; None where there is nothing to do.
    """

    check: str
    level: Level
    found: str
    remedy: str | None = None


def ok(check: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(check, "ok", found)


def note(check: str, found: str, remedy: str | None = None) -> Finding:
    """Good to know."""
    return Finding(check, "note", found, remedy)


def wrong(check: str, found: str, remedy: str) -> Finding:
    """Something to mend."""
    return Finding(check, "wrong", found, remedy)
