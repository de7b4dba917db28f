"""What tells of lists beyond their hits: worked out by hand, and against scipy."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.spatial.distance import pdist
from scipy.stats import entropy

from recudf.evaluation import beyond_accuracy
from recudf.evaluation.beyond_accuracy import (
    coverage,
    distances,
    diversity,
    exposure,
    miscalibration,
    novelty,
    serendipity,
)


def test_novelty_is_the_mean_over_filled_places():
    information = np.array([[1.0, 3.0, 8.0], [2.0, np.nan, np.nan], [np.nan] * 3])
    assert novelty(information, 2) == pytest.approx([2, 2, np.nan], nan_ok=True)


def test_coverage_counts_each_item_once():
    items = np.array([[0, 1, 2], [1, 0, 5], [3, -1, -1]])
    assert coverage(items, 8, 2) == 3 / 8  # 0, 1 and 3
    assert coverage(items, 8, 3) == 5 / 8


# item 0: film, 1: film and war, 2: war, 3: nothing
CATEGORIES = csr_array(np.array([[1, 0], [0.5, 0.5], [0, 1], [0, 0]]))


def test_diversity_by_categories():
    items = np.array([[0, 1, 2], [0, 3, 2], [0, 3, -1], [0, -1, -1]])
    between = distances(items, CATEGORIES)
    # film and film|war share 1 of 2, film and war nothing
    assert diversity(between, 2) == pytest.approx([1 / 2, np.nan, np.nan, np.nan], nan_ok=True)
    assert diversity(between, 3) == pytest.approx([(1 / 2 + 1 + 1 / 2) / 3, 1, np.nan, np.nan], nan_ok=True)


def test_diversity_is_scipys_mean_distance(monkeypatch):
    generator = np.random.default_rng(3)
    sets = generator.random((30, 8)) < 0.4
    sets[:, 0] = True
    vectors = generator.normal(size=(30, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    items = np.stack([generator.permutation(30)[:6] for _ in range(7)])
    monkeypatch.setattr(beyond_accuracy, "_BLOCK", 100)  # two users at once
    for points, dense, metric in (
        (csr_array(sets / sets.sum(axis=1, keepdims=True)), sets, "jaccard"),
        (vectors, vectors, "cosine"),
    ):
        for k in (2, 4, 6, 9):
            expected = [pdist(dense[row[:k]], metric).mean() for row in items]
            assert diversity(distances(items, points), k) == pytest.approx(expected, abs=1e-6)


def test_items_without_vector_are_at_no_distance():
    vectors = np.array([[1, 0], [0, 1], [np.nan, np.nan]], dtype=np.float32)
    assert diversity(distances(np.array([[0, 1, 2], [0, 2, -1]]), vectors), 3) == pytest.approx(
        [1, np.nan], nan_ok=True
    )


def test_serendipity_counts_hits_that_were_not_expected():
    items = np.array([[4, 5, 6, 7], [4, 5, -1, -1]])
    hits = np.array([[True, True, False, True], [True, False, False, False]])
    expected = np.array([[9, 4, 7, 8], [-1, -1, -1, -1]])
    assert serendipity(hits, items, expected, 4).tolist() == [1 / 4, 1 / 4]  # 5; 4
    assert serendipity(hits, items, expected, 2).tolist() == [1 / 2, 1 / 2]
    assert serendipity(hits, items, expected, 1).tolist() == [1, 1]  # 4 is expected second


def test_miscalibration_is_the_divergence_of_steck():
    tastes = csr_array(np.array([[0.7, 0.3], [1, 0], [0, 1], [0, 0], [0.5, 0.5], [0.5, 0.5]]))
    items = np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 1, 2], [3, 3, -1], [3, 0, 2]])
    found = miscalibration(tastes, items, CATEGORIES, 3)
    p = np.array([0.7, 0.3])
    q = np.array([2.5, 0.5]) / 3  # film, film, half of each
    assert found[0] == pytest.approx(entropy(p, 0.99 * q + 0.01 * p))
    assert found[1] == pytest.approx(0)
    assert found[2] == pytest.approx(math.log(1 / 0.01))  # nothing of what the user liked: the most there is
    assert np.isnan(found[3:5]).all()  # nothing liked; a list without categories
    assert found[5] == pytest.approx(0)  # one of each, one of none


def test_without_categories_nothing_is_said():
    items = np.array([[0, 1], [-1, -1]])
    assert np.isnan(miscalibration(csr_array((2, 0)), items, csr_array((3, 0)), 2)).all()
    assert np.isnan(diversity(distances(items, csr_array((3, 0))), 2)).all()


def test_exposure_falls_with_the_logarithm_of_the_rank():
    items = np.array([[0, 1, 2], [2, 0, -1], [-1, -1, -1]])
    groups = np.array([0, 1, -1])
    gains = 1 / np.log2([2, 3, 4])
    found = exposure(items, groups, 2, 3)
    assert found[0] == pytest.approx([gains[0] / gains.sum(), gains[1] / gains.sum()])
    assert found[1] == pytest.approx([gains[1] / gains[:2].sum(), 0])
    assert np.isnan(found[2]).all()
    assert exposure(items, groups, 2, 1)[0] == pytest.approx([1, 0])
