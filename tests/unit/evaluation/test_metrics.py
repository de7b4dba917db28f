"""Ranking metrics: worked out by hand, and against scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from recudf.evaluation.metrics import (
    ACCURACY,
    average_precision,
    coverage,
    hit_rate,
    ndcg,
    novelty,
    precision,
    recall,
)

# one user with hits at 1 and 3 of 2 relevant, one with a hit at 4 of 6 relevant, one without
HITS = np.array([[1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], dtype=bool)
RELEVANT = np.array([2, 6, 1])


def gain(*ranks):
    return sum(1 / math.log2(rank + 1) for rank in ranks)


@pytest.mark.parametrize(
    ("metric", "k", "expected"),
    [
        (precision, 2, [1 / 2, 0, 0]),
        (precision, 4, [2 / 4, 1 / 4, 0]),
        (precision, 8, [2 / 8, 1 / 8, 0]),  # places left empty are misses
        (recall, 2, [1 / 2, 0, 0]),
        (recall, 4, [1, 1 / 6, 0]),
        (hit_rate, 3, [1, 0, 0]),
        (hit_rate, 4, [1, 1, 0]),
        (average_precision, 2, [1 / 2, 0, 0]),
        (average_precision, 4, [(1 + 2 / 3) / 2, (1 / 4) / 6, 0]),
        (ndcg, 1, [1, 0, 0]),
        (ndcg, 4, [gain(1, 3) / gain(1, 2), gain(4) / gain(1, 2, 3, 4), 0]),
        (ndcg, 8, [gain(1, 3) / gain(1, 2), gain(4) / gain(1, 2, 3, 4, 5, 6), 0]),
    ],
)
def test_by_hand(metric, k, expected):
    assert metric(HITS, RELEVANT, k) == pytest.approx(expected, abs=1e-12)


def test_ndcg_is_scikit_learns_where_all_items_are_ranked():
    generator = np.random.default_rng(1)
    hits = generator.random((50, 30)) < 0.2
    hits = hits[hits.any(axis=1)]
    scores = np.tile(np.arange(30, 0, -1), (len(hits), 1))
    for k in (1, 5, 30):
        expected = ndcg_score(hits.astype(int), scores, k=k)
        assert ndcg(hits, hits.sum(axis=1), k).mean() == pytest.approx(expected, abs=1e-12)


def test_a_model_that_ranks_nothing_finds_nothing():
    hits = np.zeros((3, 0), dtype=bool)
    for metric in ACCURACY.values():
        assert metric(hits, RELEVANT, 5).tolist() == [0, 0, 0]


def test_novelty_is_the_mean_over_filled_places():
    information = np.array([[1.0, 3.0, 8.0], [2.0, np.nan, np.nan], [np.nan] * 3])
    assert novelty(information, 2) == pytest.approx([2, 2, np.nan], nan_ok=True)


def test_coverage_counts_each_item_once():
    items = np.array([[0, 1, 2], [1, 0, 5], [3, -1, -1]])
    assert coverage(items, 8, 2) == 3 / 8  # 0, 1 and 3
    assert coverage(items, 8, 3) == 5 / 8
