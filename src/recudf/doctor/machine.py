"""What a build will take of the machine's memory and disk, by the size of its inputs.

Set by hand to fit whole builds with the bundled encoder and no card; docs/operations.md has them, and how far
off the figures are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recudf.doctor.findings import Finding, note, ok, wrong

GIB = 1 << 30
MIB = 1 << 20
OFF = 1 / 3  # builds differ by less from the figures
CGROUP = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Inputs:
    """texts: different ones, of items and of users. characters: of all rows of texts. events: rows of
    interactions. users: who have one."""

    texts: int
    characters: int
    events: int
    users: int

    @property
    def file_bytes(self) -> float:
        """Size of the database after a build. A text has four vectors, and more words the longer it is; a
        user has three vectors, two points of 640 numbers, likes and recommendations; each table takes a block
        or two."""
        of_texts = 7_000 * self.texts + 15 * self.characters
        return 21 * MIB + of_texts + 150 * self.events + 13_000 * self.users

    @property
    def peak_bytes(self) -> float:
        """The most memory of a first build; of many users, while similar ones are looked for."""
        of_texts = 45e-6 * self.texts + 0.09e-6 * self.characters
        return GIB * (0.9 + of_texts + 1.2e-6 * self.events + 45e-6 * self.users)


def memory_bytes(limit: Path = CGROUP) -> int | None:
    """The memory that this process may have: the machine's, or its container's; None where nobody tells."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    said = limit.read_text(encoding="ascii").strip() if limit.is_file() else "max"
    return min(total, int(said)) if said.isdigit() else total


def room(inputs: Inputs, size: int, free: int, least: int, memory: int | None) -> Iterator[Finding]:
    """Findings about disk and memory, in bytes. size: of the database now. free: on its disk. least: without
    so much a build does not begin. memory: of the machine."""
    built = max(inputs.file_bytes, size)
    needed = int(size + built)  # the copy begins as large as the file is now
    found = f"{size / MIB:,.0f} MiB now, some {built / MIB:,.0f} once built; {free / MIB:,.0f} MiB are free"
    remedy = f"free {needed / MIB:,.0f} MiB: a build works in a copy"
    if free < max(needed * (1 - OFF), least):
        yield wrong("disk", found, remedy)
    elif free < needed * (1 + OFF):
        yield note("disk", found, remedy)
    else:
        yield ok("disk", found)
    peak = inputs.peak_bytes
    found = f"some {peak / GIB:.1f} GiB for a first build"
    if memory is None:
        yield ok("memory", found)
        return
    found += f", of {memory / GIB:.1f} GiB"
    remedy = "take a larger machine, or fewer threads and a memory_limit (docs/operations.md, Memory)"
    if peak * (1 - OFF) > memory:
        yield wrong("memory", found, remedy)
    elif peak * (1 + OFF) > memory:
        yield note("memory", found, remedy)
    else:
        yield ok("memory", found)
