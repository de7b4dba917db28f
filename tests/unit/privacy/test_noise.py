"""The discrete Laplace mechanism: its distribution beside scipy's, and what it does to counts."""

import random
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import chisquare, dlaplace

from recudf.privacy.noise import discrete_laplace, noisy_counts


@pytest.mark.parametrize("scale", [Fraction(2), Fraction(1, 2), Fraction(20, 3)])
def test_errors_are_distributed_as_they_should(scale):
    """Chi-squared over values of an expected count of 20 and more; drawn from a seeded generator, so that it is the same
    each time."""
    draw = random.Random(7).randrange
    drawn = np.array([discrete_laplace(scale, draw) for _ in range(20_000)])
    law = dlaplace(float(1 / scale))
    values = np.arange(-200, 201)
    kept = values[law.pmf(values) * len(drawn) >= 20]
    inside = np.isin(drawn, kept)
    observed = [*(np.sum(drawn == v) for v in kept), np.sum(~inside)]
    shares = [*law.pmf(kept), 1 - law.pmf(kept).sum()]
    assert chisquare(observed, np.array(shares) * len(drawn)).pvalue > 0.01
    assert drawn.mean() == pytest.approx(0, abs=4 * law.std() / np.sqrt(len(drawn)))


def test_two_counts_that_differ_by_one_person_are_told_apart_by_epsilon_at_most():
    """The definition: no outcome is more than e^epsilon times as likely from the one as from the other."""
    draw = random.Random(11).randrange
    of_ten, of_eleven = (np.array(noisy_counts([count] * 40_000, Fraction(1), draw)) for count in (10, 11))
    for outcome in range(8, 14):
        ratio = np.mean(of_ten == outcome) / np.mean(of_eleven == outcome)
        assert np.exp(-1) * 0.93 < ratio < np.exp(1) * 1.07, outcome


def test_no_count_is_below_zero_and_each_has_noise_of_its_own():
    noisy = noisy_counts([0] * 200, Fraction(5))
    assert min(noisy) == 0
    assert len(set(noisy)) > 5


def test_a_scale_must_be_above_zero():
    with pytest.raises(ValueError, match="scale is 0: give a number above 0"):
        discrete_laplace(Fraction(0))
