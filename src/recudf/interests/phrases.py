"""Candidate phrases of texts: runs of words that no stop word and no punctuation interrupts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recudf.errors import ParameterError
from recudf.interests.tokens import Role, Token, tokens

PHRASE = pa.struct([("phrase", pa.string()), ("key", pa.string()), ("words", pa.int32())])
LONGEST = 10  # words: beyond, phrases are quotations
DEFAULT = 3


def keyphrases(texts: pa.Array, max_words: pa.Array) -> pa.Array:
    """Per text, the distinct phrases of 1 to max_words words in order of appearance: list<PHRASE> [n].

    texts: string [n]; NULL or blank -> NULL, a text without any phrase -> an empty list. max_words: int [n],
    NULL meaning 3. Raises ParameterError where it is not from 1 to 10.
    """
    phrases: list[str] = []
    keys: list[str] = []
    words: list[int] = []
    ends = np.zeros(len(texts) + 1, np.int32)
    valid = np.zeros(len(texts), bool)
    for row, (text, longest) in enumerate(zip(texts.to_pylist(), _longest(max_words), strict=True)):
        if text is not None and text.strip():
            valid[row] = True
            for phrase, (key, count) in candidates(text, longest).items():
                phrases.append(phrase)
                keys.append(key)
                words.append(count)
        ends[row + 1] = len(phrases)
    values = pa.StructArray.from_arrays(
        [pa.array(phrases, pa.string()), pa.array(keys, pa.string()), pa.array(words, pa.int32())],
        fields=list(PHRASE),
    )
    return pa.ListArray.from_arrays(pa.array(ends), values, mask=pa.array(~valid))


def candidates(text: str, longest: int) -> dict[str, tuple[str, int]]:
    """Phrase -> (key, words) for every phrase of a text, in order of appearance.

    Phrases that begin at the same word come shortest first. The key is the sorted stems of the words, links
    left out, so that `sounds of guitars` and `guitar sound` share one.
    """
    found: dict[str, tuple[str, int]] = {}
    run: list[Token] = []
    for token in tokens(text):
        if token.role is Role.BREAK:
            _add_phrases(run, longest, found)
            run = []
        else:
            run.append(token)
    _add_phrases(run, longest, found)
    return found


def _add_phrases(run: list[Token], longest: int, found: dict[str, tuple[str, int]]) -> None:
    """The phrases within a run of tokens that nothing interrupts."""
    for start, first in enumerate(run):
        if first.role is Role.WORD:
            found.setdefault(first.last, (first.key, 1))
        elif first.role not in (Role.PART, Role.WEAK):
            continue
        says_something = first.role is not Role.WEAK
        written, stems, before = first.text, [first.key], first
        for position in range(start + 1, min(start + longest, len(run))):
            token = run[position]
            glue = "" if token.solid or before.solid else " "
            role = token.role
            if role is not Role.LINK:
                stems = [*stems, token.key]
                says_something = says_something or role in (Role.PART, Role.WORD)
                phrase = f"{written}{glue}{token.last}"
                if says_something and phrase not in found:
                    found[phrase] = (" ".join(sorted(" ".join(stems).split())), position - start + 1)
            if role is Role.TAIL:
                break
            written, before = f"{written}{glue}{token.text}", token


def _longest(max_words: pa.Array) -> list[int]:
    given = pc.fill_null(max_words.cast(pa.int64()), DEFAULT)
    if len(wrong := given.filter(pc.or_(pc.less(given, 1), pc.greater(given, LONGEST)))):
        raise ParameterError(f"max_words is {wrong[0].as_py()}: give 1 to {LONGEST}")
    return list(given.to_pylist())
