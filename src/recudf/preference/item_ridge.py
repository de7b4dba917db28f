"""The ridge of item weights, from what is found of pairs that were hidden, without a fit for each of them.

A part of a user's pairs is hidden, x = kept + hidden, and everybody else stays: G without it differs from G
by two rows, so that by the Woodbury identity, with U = [x, kept] and C = diag(1, -1), its inverse is

    P + P U (C - U'P U)^-1 U'P,

P being the inverse of G: the exact scores of a fit that never saw what is hidden of this user, for a product.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from recudf import interrupts
from recudf.evaluation.metrics import ndcg
from recudf.preference.events import Floats, Ints, Pairs, sparse
from recudf.preference.gram import BLOCK, Behaviour, gram, invert

RIDGE = 500.0
RIDGES = tuple(RIDGE * 2.0**power for power in range(-4, 4))
ITEMS = 2_000  # with the most users: the ridge is chosen on these
USERS = 2_000  # with the least hashes of their ids: these are judged
LEAST_USERS = 50
ERRORS = 2.0  # standard errors of the difference by which another ridge must find more than RIDGE
PARTS = 4  # of a user's pairs: each is hidden once
_K = 10


def chosen_ridge(
    behaviour: Behaviour, users: pa.StringArray, items: pa.StringArray, text_weight: float
) -> float:
    """Of RIDGES the one that finds most of what is hidden, if surely more than RIDGE does; else RIDGE.

    users, items: their ids.
    """
    found = ndcg_by_ridge(behaviour, users, items, text_weight)
    best = max(RIDGES, key=lambda ridge: (found[ridge].mean(), ridge)) if found else RIDGE
    if best == RIDGE:
        return RIDGE
    gain = found[best] - found[RIDGE]
    return best if gain.mean() > ERRORS * gain.std() / np.sqrt(len(gain)) else RIDGE


def ndcg_by_ridge(
    behaviour: Behaviour, users: pa.StringArray, items: pa.StringArray, text_weight: float
) -> dict[float, Floats]:
    """ndcg@10 of what is hidden by ridge, float64 [users judged]; nothing with fewer than LEAST_USERS."""
    behaviour, places = behaviour.most_used(ITEMS)
    pairs = behaviour.pairs
    parts = parts_of(pairs, users, items.take(pa.array(places)))
    judged = np.flatnonzero(_has_two(pairs, parts, len(users)))
    if len(judged) < LEAST_USERS:
        return {}
    judged = np.sort(judged[np.argsort(_hashes(users)[judged], kind="stable")[:USERS]])
    shape = (len(users), len(places))
    hides = [sparse(pairs.kept(parts == part), shape)[judged] for part in range(PARTS)]
    base = gram(behaviour, text_weight)
    found, since = {}, interrupts.generation()
    for ridge in RIDGES:
        interrupts.check(since)
        inverse = base.copy()
        inverse[np.diag_indices(len(inverse))] += ridge
        invert(inverse)
        found[ridge] = _ndcg(np.triu(inverse) + np.triu(inverse, 1).T, hides)
    return found


def parts_of(pairs: Pairs, users: pa.StringArray, items: pa.StringArray) -> Ints:
    """The part of each pair, from 0, by its ids alone, so that others may come and go: int64 [pairs]."""
    both = _hashes(users)[pairs.rows] + _hashes(items)[pairs.columns]  # modulo 2^64
    return (both // np.uint64(2**64 // PARTS)).astype(np.int64)


def scores_without(inverse: Floats, whole: Any, hidden: Any, of_whole: Floats) -> tuple[Floats, Any]:
    """Scores [users, items], each user's as if what is hidden had never been there; and what is kept.

    inverse: P [items, items]. whole, hidden: sparse [users, items], whole being in P and hidden a part of it.
    of_whole: whole @ P.
    """
    kept = whole - hidden
    of_kept = of_whole - hidden @ inverse
    ww, wk, kk = _row_sums(whole, of_whole), _row_sums(whole, of_kept), _row_sums(kept, of_kept)
    determinant = (1 - ww) * (-1 - kk) - wk**2
    # of the symmetric (C - U'P U)^-1
    a, b, c = (-1 - kk) / determinant, wk / determinant, (1 - ww) / determinant
    by_whole, by_kept = wk * a + kk * b, wk * b + kk * c
    rows = of_kept + by_whole[:, None] * of_whole + by_kept[:, None] * of_kept
    diagonal = np.diagonal(inverse) + (
        a[:, None] * of_whole**2 + 2 * b[:, None] * of_whole * of_kept + c[:, None] * of_kept**2
    )
    return -rows / diagonal, kept


def _ndcg(inverse: Floats, hides: list[Any]) -> Floats:
    """ndcg@10 of each user, the mean over the parts that leave something to find and to find it from.

    hides: sparse [users, items], the parts. What is hidden is looked for among all items but the kept ones.
    """
    everything = sum(hides).tocsr()
    total, n_parts = np.zeros(everything.shape[0]), np.zeros(everything.shape[0])
    for start in range(0, len(total), BLOCK):
        rows = slice(start, start + BLOCK)
        whole = everything[rows]
        of_whole = whole @ inverse
        for part in hides:
            scores, kept = scores_without(inverse, whole, part[rows], of_whole)
            scores[kept.nonzero()] = -np.inf
            relevant = part[rows].toarray() > 0
            n_relevant = relevant.sum(axis=1)
            hits = np.take_along_axis(relevant, _first(scores), axis=1)
            counts = (n_relevant > 0) & ((kept != 0).sum(axis=1).A1 > 0)
            total[rows] += np.where(counts, ndcg(hits, np.maximum(n_relevant, 1), _K), 0)
            n_parts[rows] += counts
    return total / n_parts


def _first(scores: Floats) -> Ints:
    """Places of the _K largest of each row, the largest first."""
    places = np.argpartition(-scores, min(_K, scores.shape[1] - 1), axis=1)[:, :_K]
    order = np.argsort(-np.take_along_axis(scores, places, axis=1), axis=1, kind="stable")
    found: Ints = np.take_along_axis(places, order, axis=1)
    return found


def _has_two(pairs: Pairs, parts: Ints, n_users: int) -> npt.NDArray[np.bool_]:
    """Whether a user has one part to find and another to find it from: bool [users]."""
    some, liked = np.zeros((2, n_users, PARTS), bool)
    some[pairs.rows[pairs.weights != 0], parts[pairs.weights != 0]] = True
    liked[pairs.rows[pairs.weights > 0], parts[pairs.weights > 0]] = True
    found: npt.NDArray[np.bool_] = liked.any(axis=1) & (some.sum(axis=1) > 1)
    return found


def _row_sums(rows: Any, values: Floats) -> Floats:
    found: Floats = np.asarray(rows.multiply(values).sum(axis=1)).ravel()
    return found


def _hashes(ids: pa.StringArray) -> npt.NDArray[np.uint64]:
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in ids.to_pylist())
    return np.frombuffer(digests, np.uint64)
