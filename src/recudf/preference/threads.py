"""Many small systems are solved on one core: waking the library's threads for each takes ten times as long."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
_users = 0
_limit: Any = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS to one thread, in the whole process, until the last caller has left."""
    global _users, _limit
    with _lock:
        if _users == 0:
            _limit = _controller().limit(limits=1, user_api="blas")
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _limit.restore_original_limits()


@functools.cache
def _controller() -> Any:
    """What finds the loaded libraries, which takes milliseconds."""
    import scipy.linalg  # noqa: F401 (so that its library is among them)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
