"""Bootstrap intervals: against theory, and users as the unit."""

import numpy as np
import pytest

from recudf.evaluation.bootstrap import bootstrap_means


def test_width_is_that_of_the_normal_interval():
    values = np.random.default_rng(0).normal(5, 2, size=(400, 1))
    estimate = bootstrap_means(values, np.arange(400), resamples=4000, seed=1)
    half_width = 1.96 * values.std() / 20
    assert estimate.mean[0] == pytest.approx(values.mean())
    assert estimate.low[0] == pytest.approx(values.mean() - half_width, abs=0.1 * half_width)
    assert estimate.high[0] == pytest.approx(values.mean() + half_width, abs=0.1 * half_width)
    assert estimate.n_users.tolist() == [400]


def test_a_known_mean_is_covered_in_about_95_of_100_samples():
    generator = np.random.default_rng(3)
    # a column per sample: they share resamples, not values
    estimate = bootstrap_means(generator.normal(0.3, 1, size=(200, 400)), np.arange(200))
    covered = (estimate.low <= 0.3) & (estimate.high >= 0.3)
    assert 0.91 <= covered.mean() <= 0.98


def test_rows_of_one_user_are_drawn_together():
    """Every user ten times over tells no more than once: the interval must not shrink by sqrt(10)."""
    values = np.random.default_rng(2).normal(size=(100, 1))
    once = bootstrap_means(values, np.arange(100))
    tenfold = bootstrap_means(np.repeat(values, 10, axis=0), np.repeat(np.arange(100), 10))
    assert (tenfold.low, tenfold.high) == (pytest.approx(once.low), pytest.approx(once.high))
    assert tenfold.n_users.tolist() == [100]


def test_missing_observations_count_nowhere():
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan], [5.0, 7.0]])
    estimate = bootstrap_means(values, np.array(["a", "a", "b", "c"]))
    assert estimate.mean.tolist() == [3.0, 7.0]
    assert estimate.n_users.tolist() == [2, 1]
    assert np.isnan([estimate.low[1], estimate.high[1]]).all()  # one user has no interval


def test_seed_decides_and_blocks_do_not(monkeypatch):
    values = np.random.default_rng(5).random((50, 2))
    whole = bootstrap_means(values, np.arange(50), resamples=100, seed=9)
    monkeypatch.setattr("recudf.evaluation.bootstrap._BLOCK", 350)  # seven resamples at once
    blocks = bootstrap_means(values, np.arange(50), resamples=100, seed=9)
    other = bootstrap_means(values, np.arange(50), resamples=100, seed=10)
    assert blocks.low.tolist() == whole.low.tolist()
    assert other.low.tolist() != whole.low.tolist()
