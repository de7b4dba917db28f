"""Calibration by hand."""

import math

import numpy as np
import pytest

from recudf.evaluation.calibration import calibration_error


def test_by_hand():
    """Twenty places in ten parts of two: .1 each of ten without a hit, .5 each of ten with five hits."""
    probability = np.array([0.5] * 10 + [0.1] * 10)
    hits = np.array([True, True, False, False, True, False, False, False, True, False] + [False] * 10)
    # the ties keep their order: parts (TT), (FF), (TF), (FF), (TF) of .5, five of .1 without a hit
    assert calibration_error(probability, hits) == pytest.approx((0.5 + 0.5 + 0 + 0.5 + 0 + 5 * 0.1) / 10)


def test_what_comes_true_has_no_error():
    assert calibration_error(np.array([0.0, 0.0, 1.0, 1.0]), np.array([False, False, True, True])) == 0
    assert math.isnan(calibration_error(np.array([]), np.array([], bool)))
