"""Texts as counts of their terms, with the vectors that an index has for them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from recudf.errors import InputError
from recudf.search import get_index
from recudf.vectors import Matrix, unit

FITTED_TERMS = 20_000


@dataclass(frozen=True)
class Texts:
    """Texts in order of id. counts: csr [n, terms]. terms: sorted.

    vectors: float32 [n, d] of unit length, zero for a text without one; None without an index.
    """

    ids: list[str]
    counts: Any
    terms: list[str]
    vectors: Matrix | None


def read_texts(ids: list[str], terms: list[list[str | None] | None], handle: str | None, least: int) -> Texts:
    """Texts by id, with the terms that `least` of them have: FITTED_TERMS at most, the most frequent."""
    import scipy.sparse as sp

    if len(ids) != len(terms):
        raise InputError(f"topic_fit: {len(ids)} ids and {len(terms)} lists of terms: give one list each")
    if None in ids:
        raise InputError("topic_fit: an id is NULL: give every text an id")
    order = sorted(range(len(ids)), key=ids.__getitem__)
    if twice := [ids[b] for a, b in pairwise(order) if ids[a] == ids[b]]:
        raise InputError(f"topic_fit: id {twice[0]!r} occurs twice: give every text once")
    listed = [[term for term in terms[at] or [] if term] for at in order]
    frequency: dict[str, int] = {}
    for each in listed:
        for term in set(each):
            frequency[term] = frequency.get(term, 0) + 1
    frequent = sorted(
        (term for term in frequency if frequency[term] >= least), key=lambda t: (-frequency[t], t)
    )
    names = sorted(frequent[:FITTED_TERMS])
    column = {term: place for place, term in enumerate(names)}
    known = [[column[term] for term in each if term in column] for each in listed]
    columns = np.array([place for each in known for place in each], np.int32)
    ends = np.cumsum([0, *map(len, known)])
    counts = sp.csr_array((np.ones(len(columns)), columns, ends), (len(ids), len(names)))
    counts.sum_duplicates()
    named = [ids[at] for at in order]
    return Texts(named, counts, names, None if handle is None else _vectors(named, handle))


def _vectors(ids: list[str], handle: str) -> Matrix:
    index = get_index(handle)
    place = {name: row for row, name in enumerate(index.ids.to_pylist())}
    found = np.array([place.get(name, -1) for name in ids], np.intp)
    vectors = np.zeros((len(ids), index.matrix.shape[1]), np.float32)
    vectors[found >= 0] = unit(index.matrix[found[found >= 0]])
    return vectors
