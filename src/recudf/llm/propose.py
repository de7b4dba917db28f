"""The kernels of propose and llm_info."""

from __future__ import annotations

import pyarrow as pa

from recudf.errors import ParameterError
from recudf.llm.budget import Budget, budget_of
from recudf.llm.client import ask
from recudf.llm.questions import KINDS, LONGEST_CONTENT, messages, prompt_version, read_answer
from recudf.progress import Meter
from recudf.settings import LlmSettings, Progress

PROPOSAL = pa.struct(
    [
        ("answers", pa.list_(pa.struct([("part", pa.string()), ("text", pa.string())]))),
        ("error", pa.string()),
        ("is_answered", pa.bool_()),
        ("calls", pa.int32()),
        ("tokens", pa.int32()),
    ]
)
INFO = pa.struct([("model", pa.string()), ("prompts", pa.string())])
UNSET = "no language model is set: set llm in the profile, or RECUDF_LLM_URL and RECUDF_LLM_MODEL"
TRIES = 2  # of a question whose answer is not of the form that was asked for


def propose(
    kinds: pa.Array, contents: pa.Array, budgets: pa.Array, llm: LlmSettings | None, progress: Progress
) -> pa.Array:
    """What the language model answers to each question, as PROPOSAL [n]; whatever goes wrong is its `error`.

    kinds, contents: string [n], asked in their order; NULL or blank -> NULL. budgets: string [n], the name
    of the budget that a question is paid from; NULL is the process's own. Raises ParameterError for an
    unknown kind, Interrupted if stopped.
    """
    meter = Meter("asking the language model", "questions", progress, len(kinds))
    rows: list[dict[str, object] | None] = []
    with meter.active():
        for kind, content, name in zip(
            kinds.to_pylist(), contents.to_pylist(), budgets.to_pylist(), strict=True
        ):
            if kind is not None and kind not in KINDS:
                raise ParameterError(f"kind is {kind!r}: choose one of {', '.join(KINDS)}")
            is_asked = kind is not None and content is not None and bool(content.strip())
            rows.append(_row(kind, content, name or "", llm) if is_asked else None)
            meter.advance(1)
    return pa.array(rows, PROPOSAL)


def llm_info(n_rows: int, llm: LlmSettings | None) -> pa.Array:
    """What decides on answers beside the question, as INFO, once per row; NULL model: none is set."""
    info = {"model": llm.model if llm else None, "prompts": prompt_version()}
    return pa.array([info] * n_rows, INFO)


def _row(kind: str, content: str, name: str, llm: LlmSettings | None) -> dict[str, object]:
    if llm is None:
        return _proposal([], UNSET, False, 0, 0)
    if len(content) > LONGEST_CONTENT:
        error = f"content of {len(content):,} characters: give at most {LONGEST_CONTENT:,}"
        return _proposal([], error, True, 0, 0)
    return _ask(kind, content, llm, budget_of(llm, name))


def _ask(kind: str, content: str, llm: LlmSettings, budget: Budget) -> dict[str, object]:
    calls = tokens = 0
    wrong: str | None = None
    for attempt in range(TRIES):
        seed = None if llm.seed is None else llm.seed + attempt
        reply = ask(llm, messages(kind, content), KINDS[kind].answer_tokens, seed, budget)
        calls, tokens = calls + reply.calls, tokens + reply.tokens
        if reply.text is None:
            return _proposal([], reply.error, False, calls, tokens)
        answers, wrong = read_answer(kind, reply.text)
        if wrong is None:
            break
    return _proposal(answers, wrong, True, calls, tokens)


def _proposal(
    answers: list[tuple[str, str]], error: str | None, is_answered: bool, calls: int, tokens: int
) -> dict[str, object]:
    texts = [{"part": part, "text": text} for part, text in answers]
    return {
        "answers": texts, "error": error, "is_answered": is_answered, "calls": calls, "tokens": tokens,
    }  # fmt: skip
