"""Whether probabilities come true."""

from __future__ import annotations

import numpy as np

BINS = 10


def calibration_error(probability: np.ndarray, hits: np.ndarray) -> float:
    """Mean distance of the mean probability and the share of hits, in ten parts of equal size by probability.

    probability: float [n]. hits: bool [n]. NaN without any. Naeini et al., Obtaining Well Calibrated
    Probabilities Using Bayesian Binning (AAAI 2015).
    """
    if not len(probability):
        return float("nan")
    order = np.argsort(probability, kind="stable")
    error = 0.0
    for rows in np.array_split(order, min(BINS, len(order))):
        error += len(rows) * abs(float(probability[rows].mean()) - float(hits[rows].mean()))
    return error / len(order)
