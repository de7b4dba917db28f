"""Accuracy of rankings, one value per user: arrays in, arrays out.

hits: bool [n_users, k_max], whether the item at each rank (best first) is relevant; False where a list has
ended. relevant: int [n_users], how many items are relevant to the user, at least 1.
Definitions: Järvelin & Kekäläinen, TOIS 2002 (ndcg); Manning et al., Introduction to Information Retrieval,
chapter 8 (precision, recall, average precision); Voorhees, TREC-8, 1999 (reciprocal rank).
"""

from __future__ import annotations

import numpy as np


def precision(hits: np.ndarray, relevant: np.ndarray, k: int) -> np.ndarray:  # noqa: ARG001 (one signature)
    """Share of the k places that hold a relevant item; places left empty count as misses."""
    found: np.ndarray = hits[:, :k].sum(axis=1) / k
    return found


def recall(hits: np.ndarray, relevant: np.ndarray, k: int) -> np.ndarray:
    """Share of the user's relevant items among the first k."""
    found: np.ndarray = hits[:, :k].sum(axis=1) / relevant
    return found


def hit_rate(hits: np.ndarray, relevant: np.ndarray, k: int) -> np.ndarray:  # noqa: ARG001 (one signature)
    """1 where at least one of the first k is relevant, else 0."""
    found: np.ndarray = np.any(hits[:, :k], axis=1).astype(np.float64)
    return found


def ndcg(hits: np.ndarray, relevant: np.ndarray, k: int) -> np.ndarray:
    """Sum of 1 / log2(1 + rank) over hits, divided by what the best possible list reaches."""
    discount = 1 / np.log2(np.arange(k) + 2)
    ideal = np.cumsum(discount)[np.minimum(relevant, k) - 1]
    first = hits[:, :k]
    found: np.ndarray = first @ discount[: first.shape[1]] / ideal
    return found


def average_precision(hits: np.ndarray, relevant: np.ndarray, k: int) -> np.ndarray:
    """Sum of the precision at each hit's rank, divided by the number of relevant items, even beyond k.

    Its mean over users is map.
    """
    first = hits[:, :k]
    at_rank = np.cumsum(first, axis=1) / np.arange(1, first.shape[1] + 1)
    found: np.ndarray = (at_rank * first).sum(axis=1) / relevant
    return found


def reciprocal_rank(hits: np.ndarray, relevant: np.ndarray, k: int) -> np.ndarray:  # noqa: ARG001 (one signature)
    """1 / the rank of the first hit, 0 where none is among the first k.

    Its mean over users is mrr.
    """
    first = hits[:, :k]
    gains = first / np.arange(1, first.shape[1] + 1)
    found: np.ndarray = gains.max(axis=1, initial=0.0)
    return found


ACCURACY = {
    "ndcg": ndcg,
    "map": average_precision,
    "mrr": reciprocal_rank,
    "precision": precision,
    "recall": recall,
    "hit_rate": hit_rate,
}
