"""What tells of rankings beside hits: novelty, diversity, serendipity, calibration, coverage, exposure.

items: int [n_users, k_max], the number of the item at each rank (best first), -1 where a list has ended.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

_BLOCK = 4_000_000  # numbers of a dense matrix held at once


def novelty(information: np.ndarray, k: int) -> np.ndarray:
    """Mean self-information of the first k items; NaN for a user without any.

    information: float [n_users, k_max], -log2 of the share of users who have the item, NaN where a list has
    ended. Castells et al., Recommender Systems Handbook, 2nd edition, chapter 26.
    """
    return _mean(information[:, :k])


def distances(items: np.ndarray, points: csr_array | np.ndarray) -> np.ndarray:
    """Distances between the items of each list: float32 [n_users, k_max, k_max], NaN where one is unknown.

    points: sparse [n_items, n_categories], above 0 where an item has a category: 1 - Jaccard similarity of
    the sets, unknown for an item without category. Or dense [n_items, D], vectors of unit length: 1 -
    cosine, unknown for a row of NaN.
    """
    n_users, length = items.shape
    block = max(1, _BLOCK // max(1, length * points.shape[1]))
    found = np.full((n_users, length, length), np.nan, dtype=np.float32)
    for start in range(0, n_users, block):
        found[start : start + block] = _distances(items[start : start + block], points)
    return found


def _distances(items: np.ndarray, points: csr_array | np.ndarray) -> np.ndarray:
    shape = (*items.shape, points.shape[1])
    chosen = points[np.maximum(items, 0).ravel()]
    if isinstance(chosen, np.ndarray):
        rows = chosen.reshape(shape)
        known = (items >= 0) & ~np.isnan(rows).any(axis=2)
        similarity = rows @ rows.transpose(0, 2, 1)
    else:
        rows = (chosen.toarray() > 0).astype(np.float32).reshape(shape)
        sizes = rows.sum(axis=2)
        known = (items >= 0) & (sizes > 0)
        common = rows @ rows.transpose(0, 2, 1)
        either = sizes[:, :, None] + sizes[:, None, :] - common
        similarity = np.divide(common, either, out=np.zeros_like(common), where=either > 0)
    found: np.ndarray = np.where(known[:, :, None] & known[:, None, :], 1 - similarity, np.nan)
    return found


def diversity(between: np.ndarray, k: int) -> np.ndarray:
    """Mean distance of the pairs among the first k items; NaN for a user without a pair of known distance.

    between: as `distances` returns. Smyth & McClave, ICCBR 2001; Ziegler et al., WWW 2005 (similarity).
    """
    first = between[:, :k, :k]
    above = np.triu_indices(first.shape[1], 1)
    return _mean(first[:, above[0], above[1]].astype(np.float64))


def serendipity(hits: np.ndarray, items: np.ndarray, expected: np.ndarray, k: int) -> np.ndarray:
    """Share of the k places that hold a relevant item which the k expected ones do not contain.

    hits: bool as `items`. expected: int [n_users, k_max], what a primitive model shows the same user: here
    the most popular items. |(list - expected) & relevant| / k: Ge et al., RecSys 2010.
    """
    shown = (items[:, :k, None] == expected[:, None, :k]).any(axis=2)
    found: np.ndarray = (hits[:, :k] & ~shown).sum(axis=1) / k
    return found


def miscalibration(
    tastes: csr_array, items: np.ndarray, categories: csr_array, k: int, alpha: float = 0.01
) -> np.ndarray:
    """Kullback-Leibler divergence, in nats, of the categories of the first k from those of the history.

    tastes: [n_users, n_categories], rows p(category | user) that sum to 1, or empty. categories: [n_items,
    n_categories], rows p(category | item) likewise. 0: the list has the user's mixture; smaller is better.
    NaN where either is unknown. With q the mean of the rows of the list: sum of p ln(p / ((1 - alpha) q +
    alpha p)), Steck, RecSys 2018, places weighing alike.
    """
    chosen = items[:, :k]
    user, place = np.nonzero(chosen >= 0)
    listed = csr_array(
        (np.ones(len(user)), (user, chosen[user, place])), shape=(len(items), categories.shape[0])
    )
    mixed = listed @ categories
    counts = mixed.sum(axis=1)  # each row of an item with categories sums to 1
    liked = tastes.tocoo()
    reader, p = liked.row, liked.data
    if not len(p):
        return np.full(len(items), np.nan)
    q = np.asarray(mixed[reader, liked.col]).ravel() / np.where(counts > 0, counts, 1)[reader]
    terms = p * np.log(p / ((1 - alpha) * q + alpha * p))
    known = (counts > 0) & (np.bincount(reader, minlength=len(items)) > 0)
    return np.where(known, np.bincount(reader, terms, minlength=len(items)), np.nan)


def coverage(items: np.ndarray, available: int, k: int) -> float:
    """Share of the available items that are among somebody's first k."""
    first = items[:, :k]
    return len(np.unique(first[first >= 0])) / available


def exposure(items: np.ndarray, groups: np.ndarray, n_groups: int, k: int) -> np.ndarray:
    """Share of the exposure in each user's first k that each group of items gets: [n_users, n_groups].

    A place gives exposure 1 / log2(1 + rank). groups: int [n_items], -1 for an item of none, whose exposure
    counts in the whole. NaN for a user without recommendations. Singh & Joachims, KDD 2018.
    """
    first = items[:, :k]
    user, place = np.nonzero(first >= 0)
    gain = 1 / np.log2(place + 2)
    group = groups[first[user, place]]
    cell = user * (n_groups + 1) + np.where(group < 0, n_groups, group)
    sums = np.bincount(cell, gain, minlength=len(items) * (n_groups + 1)).reshape(len(items), n_groups + 1)
    whole = sums.sum(axis=1, keepdims=True)
    shares: np.ndarray = np.divide(sums, whole, out=np.full(sums.shape, np.nan), where=whole > 0)
    return shares[:, :n_groups]


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean of each row's numbers, NaN for a row without any."""
    filled = ~np.isnan(values)
    counts = filled.sum(axis=1)
    sums = np.where(filled, values, 0).sum(axis=1)
    means: np.ndarray = np.divide(sums, counts, out=np.full(len(values), np.nan), where=counts > 0)
    return means
