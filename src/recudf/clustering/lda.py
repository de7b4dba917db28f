"""Latent Dirichlet allocation (Blei, Ng and Jordan, JMLR 3, 2003): a text draws topics, topics draw terms.

Collapsed variational Bayes of order zero (Asuncion, Welling, Smyth and Teh, On Smoothing and Inference for
Topic Models, UAI 2009): of each term in a text, the chance of each topic given all others.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recudf.clustering.points import Floats, Labels

TOLERANCE = 1e-3  # stop where a round moves the chances by less, on average
_TRUST = 0.9  # what the first chances give to the topic that a text begins with


def fit_lda(
    counts: Any, k: int, max_iterations: int, start: Labels | None, seed: int
) -> tuple[Floats, Floats]:
    """Weights and loadings of topics, each float64 [k, terms].

    counts: csr [texts, terms]. start: topics to begin from, [texts], or None: chances drawn by seed.
    Both priors are 1 / k. A weight is the chance of a term in a topic, p(term | topic). A loading is the
    chance of a topic where the term stands, p(topic | term): summed over a text's terms, what a first round
    from equal chances gives the text.
    """
    import scipy.sparse as sp

    rng = np.random.default_rng(seed)
    places = counts.tocoo()
    text, term, number = places.row, places.col, places.data[:, None]
    pairs, each = len(text), np.arange(len(text))
    chances = rng.dirichlet(np.ones(k), pairs)
    if start is not None:
        chances *= 1 - _TRUST
        chances[each, start[text]] += _TRUST
    prior = 1 / k
    of_texts = sp.csr_array((places.data, (text, each)), (counts.shape[0], pairs))
    of_terms = sp.csr_array((places.data, (term, each)), (counts.shape[1], pairs))
    for _ in range(max_iterations):
        terms = of_terms @ chances
        others = (of_texts @ chances)[text] - number * chances + prior
        others *= terms[term] - number * chances + prior
        others /= terms.sum(axis=0) - number * chances + counts.shape[1] * prior
        others /= others.sum(axis=1, keepdims=True)
        moved = float(np.abs(others - chances).mean())
        chances = others
        if moved <= TOLERANCE:
            break
    terms = of_terms @ chances
    weights = (terms + prior) / (terms.sum(axis=0) + counts.shape[1] * prior)
    joint = weights * (terms.sum(axis=0) / terms.sum())
    return weights.T, (joint / joint.sum(axis=1, keepdims=True)).T
