"""Texts without what points to a person: addresses, numbers, names that are given as such."""

from __future__ import annotations

import pyarrow as pa

from recudf.privacy.addresses import addresses
from recudf.privacy.names import names
from recudf.privacy.numbers import numbers

MASK = "***"  # no word, and the end of a phrase

Span = tuple[int, int]


def mask_personal(texts: pa.Array) -> pa.Array:
    """Texts with *** in place of what points to a person: string [n]; NULL -> NULL."""
    return pa.array([None if text is None else masked(text) for text in texts.to_pylist()], pa.string())


def masked(text: str) -> str:
    """One text, with *** in place of each finding; the text itself where there is none."""
    found = personal(text)
    if not found:
        return text
    parts, end = [], 0
    for start, stop in found:
        parts += [text[end:start], MASK]
        end = stop
    return "".join([*parts, text[end:]])


def personal(text: str) -> list[Span]:
    """Where a text has something that points to a person, (start, end) in order; they do not overlap."""
    found: list[Span] = []
    for start, stop in sorted((*addresses(text), *numbers(text), *names(text))):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found
