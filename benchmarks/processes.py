"""A command and all that it starts: memory and CPU time over time, from /proc."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

EVERY = 0.25  # seconds between two samples
TICKS = os.sysconf("SC_CLK_TCK")
JAVA = "java"


@dataclass(frozen=True)
class Sample:
    """At one time (of the epoch): bytes by kind of process, CPU seconds so far, those of the whole machine.

    Memory is the proportional set size: pages that processes share, such as a mapped index, count once.
    """

    at: float
    memory: Mapping[str, int]
    cpu: float
    machine: float

    @property
    def bytes(self) -> int:
        return sum(self.memory.values())


@dataclass
class Watch:
    """What `watched` saw. Processes that live less than a quarter of a second may be missed."""

    samples: list[Sample] = field(default_factory=list)

    def peak(self, began: float, ended: float) -> Sample:
        """The sample with the most memory between two times, or the next one after them."""
        found = [sample for sample in self.samples if began <= sample.at <= ended]
        return max(found or [self._next(ended)], key=lambda sample: sample.bytes)

    def cpu(self, began: float, ended: float) -> float:
        """CPU seconds between two times, by a straight line between samples."""
        at, spent = [s.at for s in self.samples], [s.cpu for s in self.samples]
        first, last = np.interp([began, ended], at, spent)
        return float(last - first)

    def others(self) -> float:
        """How many cores the rest of the machine kept busy, on average."""
        first, last = self.samples[0], self.samples[-1]
        return max(0.0, (last.machine - first.machine - last.cpu + first.cpu) / (last.at - first.at))

    def _next(self, at: float) -> Sample:
        return next((sample for sample in self.samples if sample.at >= at), self.samples[-1])


def watched(command: Sequence[object], environment: Mapping[str, str] | None = None) -> Watch:
    """Run a command to its end. Raises CalledProcessError if it fails."""
    watch, seen = Watch(), {}
    with subprocess.Popen([str(part) for part in command], env=environment) as process:
        done = threading.Event()
        thread = threading.Thread(target=_watch, args=(process.pid, watch, seen, done))
        thread.start()
        try:
            code = process.wait()
        finally:
            done.set()
            thread.join()
    if code:
        raise subprocess.CalledProcessError(code, process.args)
    return watch


def _watch(root: int, watch: Watch, seen: dict[int, float], done: threading.Event) -> None:
    while True:
        memory: dict[str, int] = {}
        for pid in _tree(root):
            try:
                name, seconds = _spent(pid)
                size = _proportional(pid)
            except (OSError, IndexError):  # it has ended meanwhile
                continue
            kind = name if name == JAVA else "python"
            memory[kind] = memory.get(kind, 0) + size
            seen[pid] = seconds
        watch.samples.append(Sample(time.time(), memory, sum(seen.values()), _machine()))
        if done.wait(EVERY):
            return


def _tree(root: int) -> list[int]:
    """The process and its descendants."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(") ")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _spent(pid: int) -> tuple[str, float]:
    """The name of a process and its CPU seconds so far."""
    head, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")
    values = rest.split()
    return head.partition("(")[2], (int(values[11]) + int(values[12])) / TICKS


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _machine() -> float:
    """CPU seconds that all processes of the machine spent since it started."""
    user, nice, system, _idle, _wait, irq, soft, *_ = Path("/proc/stat").read_text().split()[1:9]
    return sum(map(int, (user, nice, system, irq, soft))) / TICKS
