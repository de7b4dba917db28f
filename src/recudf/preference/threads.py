"""Many small steps are done on one core: waking threads for each takes several times as long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
_users = 0
_limit: Any = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS and OpenMP to one thread, in the whole process, until the last caller has left.

    It holds for libraries that are loaded already.
    """
    from threadpoolctl import threadpool_limits

    global _users, _limit
    with _lock:
        if _users == 0:
            _limit = threadpool_limits(1)
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _limit.restore_original_limits()
