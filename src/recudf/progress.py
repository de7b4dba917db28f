"""Progress of long work on stderr: a bar on a terminal, sparse lines elsewhere, nothing for short work."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from recudf.settings import Progress

QUIET_SECONDS = 3.0  # work shorter than this shows nothing
REDRAW_SECONDS = 0.1
FIRST_LINE_SECONDS = 10.0
LINE_GROWTH = 1.5  # each line waits this much longer than the one before, up to:
LONGEST_WAIT_SECONDS = 300.0
PAUSE_SECONDS = 5.0  # a meter without a total starts afresh after a pause of this length
BAR_WIDTH = 24


class Meter:
    """Counts units of work done by any number of threads, and shows them.

    total: units in all, or None where nobody knows. Where units differ in size, `advance` takes their sizes
    too and the time left goes by those; `total_size` is their sum.
    """

    def __init__(
        self, label: str, unit: str, mode: Progress, total: int | None = None, total_size: float | None = None
    ) -> None:
        self.label, self.unit, self.total, self.total_size = label, unit, total, total_size
        bar = mode == "bar" or (mode == "auto" and sys.stderr.isatty())
        self._style = "off" if mode == "off" else "bar" if bar else "lines"
        self._lock = threading.Lock()
        self._users = 0
        self._restart(time.monotonic())

    def _restart(self, now: float) -> None:
        self.done, self.size = 0, 0.0
        self._started = self._latest = now
        self._wait = FIRST_LINE_SECONDS
        self._next = now + (QUIET_SECONDS if self._style == "bar" else self._wait)
        self._drawn = False

    @contextmanager
    def active(self) -> Iterator[Meter]:
        """Hold this while working; when the last thread lets go, a bar is wiped off the terminal."""
        with self._lock:
            now = time.monotonic()
            idle = self._users == 0 and now - self._latest > PAUSE_SECONDS
            if self.done == 0 or (idle and self.total is None):
                self._restart(now)
            self._users += 1
        try:
            yield self
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0 and self._drawn:
                    _write("\r\033[K")
                    self._drawn = False

    def advance(self, units: int, size: float | None = None) -> None:
        """Count units as done, and show it if it is time to."""
        if self._style == "off":
            return
        with self._lock:
            self.done += units
            self.size += units if size is None else size
            now = self._latest = time.monotonic()
            if now < self._next:
                return
            if self._style == "bar":
                self._next = now + REDRAW_SECONDS
                self._drawn = True
                _write(f"\r\033[K{self._bar()}{self.text(now)}")
            else:
                self._wait = min(self._wait * LINE_GROWTH, LONGEST_WAIT_SECONDS)
                self._next = now + self._wait
                _write(f"{self.text(now)}\n")

    def text(self, now: float) -> str:
        """What is done so far, in words: `embedding: 1,024 of 4,096 texts, 98/s, 31 s left`."""
        seconds = max(now - self._started, 1e-9)
        of_total = "" if self.total is None else f" of {self.total:,}"
        rate = self.done / seconds
        parts = [
            f"{self.label}: {self.done:,}{of_total} {self.unit}",
            f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s",
        ]
        if (share := self._share()) is not None and share > 0:
            parts.append(f"{_duration(seconds * (1 - share) / share)} left")
        return ", ".join(parts)

    def _share(self) -> float | None:
        total = self.total_size or self.total
        return min(self.size / total, 1.0) if total else None

    def _bar(self) -> str:
        share = self._share()
        if share is None:
            return ""
        full = round(share * BAR_WIDTH)
        return f"[{'#' * full}{'.' * (BAR_WIDTH - full)}] "


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
