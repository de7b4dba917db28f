"""Stopping long work: a counter that Ctrl-C raises and that loops look at between two steps.

A signal's Python handler runs in the main thread alone, and an engine calls kernels from threads of its own,
so a kernel in a worker thread hears of Ctrl-C only by looking. It notes `generation()` when it starts and
calls `check` between steps that take well under a second.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType

from recudf.errors import Interrupted

_lock = threading.Lock()
_generation = 0


def generation() -> int:
    """The number of requests to stop so far in this process."""
    return _generation


def raise_generation() -> None:
    """Ask all long work that is under way to stop; work that starts later is not concerned."""
    global _generation
    # no lock: a signal handler may run while this very thread holds one
    _generation += 1


def check(since: int) -> None:
    """Raise Interrupted if somebody asked to stop after `generation()` returned `since`."""
    if _generation != since:
        raise Interrupted("stopped on request: nothing of this query is kept, and the connection can go on")


def install() -> None:
    """Have Ctrl-C raise the generation before it does what it did so far. Outside the main thread: nothing.

    An ignored SIGINT stays ignored. Calling it again changes nothing, and puts it back where another handler
    has taken the place in between (which is then called after ours).
    """
    if threading.current_thread() is not threading.main_thread():
        return
    with _lock:
        previous = signal.getsignal(signal.SIGINT)
        # None: a handler that Python did not install, and so cannot call
        if previous in (signal.SIG_IGN, None) or getattr(previous, "raises_generation", False):
            return

        def handler(number: int, frame: FrameType | None) -> None:
            raise_generation()
            if callable(previous):
                previous(number, frame)
            else:  # SIG_DFL: end the process as it would have ended
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)

        handler.raises_generation = True  # type: ignore[attr-defined]
        signal.signal(signal.SIGINT, handler)
