"""What may still be spent: calls and tokens, counted before they are made."""

from __future__ import annotations

import threading

from recudf.settings import LlmSettings

FAILURES = 3  # questions in a row without an answer, after which nothing more is asked


class Budget:
    """Calls and tokens of one build. Any number of threads may share it; it is never overdrawn, as a call
    reserves the most that it can cost before it is made."""

    def __init__(self, llm: LlmSettings) -> None:
        self._llm = llm
        self._lock = threading.Lock()
        self._calls = self._tokens = self._failures = 0
        self._ended: str | None = None
        self.limit = "max_tokens"  # what the server calls the length of an answer

    def reserve(self, tokens: int) -> str | None:
        """Take one call of up to so many tokens out of the budget, or say why not."""
        llm = self._llm
        with self._lock:
            if self._ended:
                return self._ended
            if self._calls >= llm.max_calls:
                return f"the budget of {llm.max_calls} calls is used up: raise max_calls of llm"
            if self._tokens + tokens > llm.max_tokens:
                left = llm.max_tokens - self._tokens
                return (
                    f"{left} of the budget of {llm.max_tokens} tokens are left, this takes up to {tokens}: "
                    "raise max_tokens of llm"
                )
            self._calls += 1
            self._tokens += tokens
            return None

    def settle(self, reserved: int, used: int) -> None:
        """Give back what a call has not used."""
        with self._lock:
            self._tokens += used - reserved

    def succeeded(self) -> None:
        """Note that a question was answered."""
        with self._lock:
            self._failures = 0

    def failed(self, error: str, is_final: bool) -> None:
        """Note that a question was not answered; nothing more is asked if no other can be either."""
        with self._lock:
            self._failures += 1
            if is_final:
                self._ended = error
            elif self._failures >= FAILURES:
                self._ended = f"given up after {FAILURES} questions in a row without an answer: {error}"


_budgets: dict[tuple[LlmSettings, str], Budget] = {}
_budgets_lock = threading.Lock()


def budget_of(llm: LlmSettings, name: str) -> Budget:
    """The budget of that name in this process; one for each build."""
    with _budgets_lock:
        return _budgets.setdefault((llm, name), Budget(llm))
