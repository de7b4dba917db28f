"""Chat completions over HTTP: https://platform.openai.com/docs/api-reference/chat.

The only file of recudf that opens a connection.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from recudf import interrupts
from recudf.llm.budget import Budget
from recudf.settings import LlmSettings, llm_key

ATTEMPTS = 3
TRANSIENT = {408, 409, 425, 429, 500, 502, 503, 504, 529}
FINAL = {401, 403, 404}  # no other question would be answered either
LONGEST_WAIT = 30.0  # seconds before a retry, whatever the server asks for
LARGEST_ANSWER = 1 << 20  # bytes
POLL_SECONDS = 0.1

Message = Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """What became of one question: the text of an answer, or why there is none; what was spent on it."""

    text: str | None
    error: str | None
    calls: int
    tokens: int


@dataclass(frozen=True)
class _Response:
    """One HTTP response; status 0 where there was none."""

    status: int
    body: bytes
    error: str = ""
    wait: float = 0.0


def ask(
    llm: LlmSettings, messages: Sequence[Message], answer_tokens: int, seed: int | None, budget: Budget
) -> Reply:
    """Ask a question, again where the server is busy, failing or slow. Raises Interrupted if stopped."""
    since = interrupts.generation()
    calls = tokens = 0
    error, wait = "", 0.0
    if unsafe := _why_unsafe(llm):
        budget.failed(unsafe, is_final=True)
    # no tokenizer makes more tokens than bytes; a chat template adds some
    most = len(json.dumps(messages, ensure_ascii=False).encode()) + 64 + answer_tokens
    for attempt in range(ATTEMPTS):
        if attempt:
            _sleep(max(wait, llm.retry_seconds * 2 ** (attempt - 1)), since)
        if refused := budget.reserve(most):
            return Reply(None, error or refused, calls, tokens)
        calls += 1
        response = _post(llm, _request(llm, messages, answer_tokens, seed, budget.limit), since)
        text, used = _read(response.body) if response.status == HTTPStatus.OK else (None, 0)
        # a call without an answer in time may have been worked on all the same
        used = most if used is None or response.status == 0 else used
        budget.settle(most, used)
        tokens += used
        if text is not None:
            budget.succeeded()
            return Reply(text, None, calls, tokens)
        error, wait = _explain(llm, response), response.wait
        if b"max_completion_tokens" in response.body and budget.limit == "max_tokens":
            budget.limit = "max_completion_tokens"
        elif response.status not in TRANSIENT | {0, HTTPStatus.OK}:
            break
    budget.failed(error, is_final=response.status in FINAL)
    return Reply(None, error, calls, tokens)


def _request(
    llm: LlmSettings, messages: Sequence[Message], answer_tokens: int, seed: int | None, limit: str
) -> bytes:
    options = {"temperature": llm.temperature, "seed": seed}
    given = {name: value for name, value in options.items() if value is not None}
    body = {"model": llm.model, "messages": messages, limit: answer_tokens, "stream": False, **given}
    return json.dumps(body).encode()


def _read(body: bytes) -> tuple[str | None, int | None]:
    """The text of a completion and its tokens; None for what it does not tell."""
    try:
        completion = json.loads(body)
        text = completion["choices"][0]["message"]["content"]
        used = (completion.get("usage") or {}).get("total_tokens")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None, None
    is_count = isinstance(used, int) and not isinstance(used, bool) and used >= 0
    return (text if isinstance(text, str) else None), (used if is_count else None)


def _post(llm: LlmSettings, body: bytes, since: int) -> _Response:
    """One request, in a thread of its own: it ends in time however slowly bytes come in, and on Ctrl-C."""
    arrived: queue.SimpleQueue[_Response] = queue.SimpleQueue()
    threading.Thread(target=lambda: arrived.put(_send(llm, body)), daemon=True).start()
    deadline = time.monotonic() + llm.timeout
    while time.monotonic() < deadline:
        interrupts.check(since)
        try:
            return arrived.get(timeout=min(POLL_SECONDS, llm.timeout))
        except queue.Empty:
            continue
    return _late(llm)


def _late(llm: LlmSettings) -> _Response:
    return _Response(0, b"", f"no answer within {llm.timeout:g} s")


def _send(llm: LlmSettings, body: bytes) -> _Response:
    from http.client import HTTPException  # 0.1 s, and only where a model is set

    try:
        return _exchange(llm, body)
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, TimeoutError):
            return _late(llm)
        return _Response(0, b"", f"no connection ({type(error).__name__ if reason is error else reason})")


def _exchange(llm: LlmSettings, body: bytes) -> _Response:
    import urllib.error
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        """Follows no redirect: it would take the key to another host."""

        def redirect_request(self, *_: Any) -> None:
            return None

    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key := llm_key():
        headers["Authorization"] = f"Bearer {key}"
    url = llm.url.rstrip("/") + "/chat/completions"
    request = urllib.request.Request(url, body, headers)  # noqa: S310 (settings take http and https alone)
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=llm.timeout) as response:
            return _Response(response.status, response.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        wait = str(error.headers.get("Retry-After", ""))
        seconds = min(float(wait), LONGEST_WAIT) if wait.isdecimal() else 0.0
        return _Response(error.code, error.read(LARGEST_ANSWER), wait=seconds)


def _why_unsafe(llm: LlmSettings) -> str | None:
    """Why the key must not be sent, if so."""
    key, parts = llm_key(), urlsplit(llm.url)
    if key is None:
        return None
    if not (key.isascii() and key.isprintable() and " " not in key):
        return "RECUDF_LLM_KEY holds blanks, or characters that no key has: set it anew"
    is_here = parts.hostname in ("localhost", "::1") or str(parts.hostname).startswith("127.")
    if parts.scheme != "https" and not is_here:
        return f"llm url is {llm.url}: a key would cross the network unencrypted: give a url of https"
    return None


def _explain(llm: LlmSettings, response: _Response) -> str:
    where = urlsplit(llm.url).netloc
    if response.status == 0:
        return f"{where}: {response.error}"
    if response.status == HTTPStatus.OK:
        return f"{where} gave no chat completion: is its url {llm.url} the /v1 of one that speaks OpenAI's?"
    status = response.status
    if status in (401, 403):
        return f"{where} answered {status}: set RECUDF_LLM_KEY to a key of that server"
    if status == HTTPStatus.NOT_FOUND:
        return f"{where} answered {status}: is there a model {llm.model!r}, and does {llm.url} end in /v1?"
    return f"{where} answered {status}"


def _sleep(seconds: float, since: int) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        interrupts.check(since)
        time.sleep(min(POLL_SECONDS, left))
