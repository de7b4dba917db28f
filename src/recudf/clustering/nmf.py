"""Non-negative matrix factorisation of tf-idf: texts as non-negative sums of topics (Lee and Seung 1999).

Hierarchical alternating least squares (Cichocki and Phan, IEICE Transactions E92-A, 2009), from the
non-negative double SVD (Boutsidis and Gallopoulos, Pattern Recognition 41, 2008) or from an earlier grouping.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recudf.clustering.points import Floats, Labels

TOLERANCE = 1e-3  # stop where a round moves the texts' weights by less, relative to their length
_ROUNDS = 6  # of the search for singular vectors
_LEAST = 1e-16  # instead of zero: what is exactly zero never leaves


def fit_nmf(
    counts: Any, k: int, max_iterations: int, start: Labels | None, seed: int
) -> tuple[Floats, Floats]:
    """Weights and loadings of topics, each float64 [k, terms], k or fewer where texts give no more.

    counts: csr [texts, terms], no empty row. start: topics to begin from, [texts], or None.
    Weights sum to 1 in each row. A text's topic shares are about those whose sum over topics comes nearest to
    it in squares, shares of any sign: (H H')^-1 H x, so a term's loadings are its column of (H H')^-1 H times
    its inverse document frequency, H the topics' rows of length 1.
    """
    import scipy.sparse as sp

    idf = np.log((1 + counts.shape[0]) / (1 + np.bincount(counts.indices, minlength=counts.shape[1]))) + 1
    scaled = counts @ sp.diags_array(idf)
    lengths = np.sqrt(np.asarray((scaled * scaled).sum(axis=1)).ravel())
    rows = sp.csr_array(sp.diags_array(1 / lengths) @ scaled)
    texts, topics = _from_groups(rows, start) if start is not None else _from_svd(rows, k, seed)
    transposed = sp.csr_array(rows.T)
    for _ in range(max_iterations):
        before = texts.copy()
        _descend(texts, rows @ topics, topics.T @ topics)
        _descend(topics, transposed @ texts, texts.T @ texts)
        if np.linalg.norm(texts - before) <= TOLERANCE * np.linalg.norm(before):
            break
    lengths = np.linalg.norm(topics, axis=0)
    directions = topics[:, lengths > 1e-9] / lengths[lengths > 1e-9]
    inverse = np.linalg.pinv(directions.T @ directions, rcond=1e-6, hermitian=True)
    return (directions / directions.sum(axis=0)).T, (directions @ inverse).T * idf


def _descend(factor: Floats, products: Floats, gram: Floats) -> None:
    """One round over the columns of a factor [n, k]: each to its best, the others as they are."""
    for j in range(factor.shape[1]):
        change = (products[:, j] - factor @ gram[:, j]) / max(gram[j, j], _LEAST)
        factor[:, j] = np.maximum(factor[:, j] + change, _LEAST)


def _from_groups(rows: Any, start: Labels) -> tuple[Floats, Floats]:
    """A topic for each group: the mean of its texts."""
    texts = np.full((rows.shape[0], int(start.max()) + 1), _LEAST)
    texts[np.arange(len(start)), start] = 1
    return texts, np.maximum(rows.T @ (texts / texts.sum(axis=0)), _LEAST)


def _from_svd(rows: Any, k: int, seed: int) -> tuple[Floats, Floats]:
    """Of each singular pair the part, positive or negative, that is longer; zeros become the mean."""
    left, values, right = _leading(rows, min(k, *rows.shape), seed)
    texts, topics = np.zeros((rows.shape[0], len(values))), np.zeros((rows.shape[1], len(values)))
    for j, value in enumerate(values):
        pairs = [(np.maximum(sign * left[:, j], 0), np.maximum(sign * right[j], 0)) for sign in (1, -1)]
        sizes = [np.linalg.norm(a) * np.linalg.norm(b) for a, b in pairs]
        longer = int(sizes[1] > sizes[0])
        for factor, part in zip((texts, topics), pairs[longer], strict=True):
            factor[:, j] = np.sqrt(value * sizes[longer]) * part / max(np.linalg.norm(part), _LEAST)
    mean = float(rows.mean())
    return np.where(texts > 0, texts, mean), np.where(topics > 0, topics, mean)


def _leading(rows: Any, k: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """The k leading singular triples by a random subspace (Halko et al., SIAM Review 53, 2011)."""
    width = min(k + 10, *rows.shape)
    basis = rows @ np.random.default_rng(seed).standard_normal((rows.shape[1], width))
    for _ in range(_ROUNDS):
        basis = rows @ np.linalg.qr(rows.T @ np.linalg.qr(basis)[0])[0]
    basis = np.linalg.qr(basis)[0]
    left, values, right = np.linalg.svd((rows.T @ basis).T, full_matrices=False)
    return basis @ left[:, :k], values[:k], right[:k]
